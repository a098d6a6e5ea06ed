//! Exports as verifiers, another prover and Graphviz see them.

use std::process::Command;

use bumpnet_export::{dot, onnx, sollya, vnnlib};
use bumpnet_ir::Activation;

use crate::consumer;
use crate::{all_samples, python, samples, support};

/// The networks that Sollya checks: it takes about 20 s for each of the smooth ones, and minutes for steep ones.
const SMALL: [&str; 3] = ["erf-itself", "smooth-activations-arctan", "smooth-activations-tanh"];

#[test]
fn verifiers_read_the_queries() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut written = 0;
    for sample in all_samples() {
        let single = sample.single();
        for sample in [Some(sample.clone()), single].into_iter().flatten() {
            let file = |suffix: &str| folder.path().join(format!("{}.{suffix}", sample.id));
            let (network, certificate, options) = (&sample.network, &sample.certificate, sample.options());
            let Ok(model) = onnx::write(network, certificate, &options) else { continue };
            std::fs::write(file("onnx"), model).unwrap();
            std::fs::write(file("cells.vnnlib"), vnnlib::cells(network, certificate, &options).unwrap()).unwrap();
            match vnnlib::against(network, certificate, &options) {
                Ok(pair) => {
                    std::fs::write(file("target.onnx"), pair.target).unwrap();
                    std::fs::write(file("pair.vnnlib"), pair.query).unwrap();
                    written += 1;
                }
                Err(error) => println!("{:<40} vnnlib2      refused: {}", sample.id, error.problem),
            }
        }
    }
    assert!(written >= 20, "{written}");
    let script = support::root().join("tests/consumers/queries.py");
    let run = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    println!("{}", String::from_utf8_lossy(&run.stdout));
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn sollya_checks_the_bounds() {
    if !consumer::has("sollya", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("network.sollya");
    let (mut checked, mut proved, mut refuted) = (0, 0, false);
    for sample in samples().iter().filter(|sample| SMALL.contains(&sample.id.as_str())) {
        let Ok(script) = sollya::write(&sample.network, &sample.certificate, &sample.options()) else { continue };
        std::fs::write(&file, &script).unwrap();
        let run = Command::new("sollya").arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        println!("{:<40} sollya       {}", sample.id, said.replace('\n', " "));
        let smooth =
            matches!(sample.network.layers[0].activation, Activation::Tanh | Activation::Arctan | Activation::Erf);
        proved += usize::from(said.contains("proved") && smooth);
        assert!(said.contains("proved") || said.contains("agrees"), "{}: {said}", sample.id);
        checked += 1;
        // The script can say no: of a network whose bound is too small.
        if !refuted && sample.certificate.lower > 0.0 {
            refuted = true;
            let mut wrong = sample.certificate.clone();
            (wrong.lower, wrong.upper) = (wrong.lower / 4.0, wrong.lower / 2.0);
            std::fs::write(&file, sollya::write(&sample.network, &wrong, &sample.options()).unwrap()).unwrap();
            let run = Command::new("sollya").arg(&file).output().unwrap();
            assert!(String::from_utf8_lossy(&run.stdout).contains("refuted"));
        }
    }
    assert!(checked >= 3 && proved >= 1 && refuted, "{checked} {proved}");
}

#[test]
fn graphviz_draws() {
    if !consumer::has("dot", "-V") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for sample in all_samples().filter(|sample| sample.network.neurons() <= 64) {
        let file = folder.path().join("network.dot");
        let text = dot::write(&sample.network, &sample.certificate, &sample.options()).unwrap();
        std::fs::write(&file, text).unwrap();
        let drawn = Command::new("dot").args(["-Tplain"]).arg(&file).output().unwrap();
        assert!(drawn.status.success(), "{}: {}", sample.id, String::from_utf8_lossy(&drawn.stderr));
        let drawn = String::from_utf8(drawn.stdout).unwrap();
        let count = |what: &str| drawn.lines().filter(|line| line.starts_with(what)).count();
        let units: usize = sample.network.layers.iter().map(|layer| layer.rows).sum();
        let weights: usize = sample.network.layers.iter().map(|layer| layer.weights.len()).sum();
        assert_eq!((count("node "), count("edge ")), (units + sample.inputs(), weights), "{}", sample.id);
    }
}
