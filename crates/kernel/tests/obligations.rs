//! Nothing is concluded from a proof with a hole: obligations that are lost, or are another proof's.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

use bumpnet_interval::Interval;
use bumpnet_ir::{Activation, Expr, Graph, Input, Measure, Network, Outside, Parts, Precision};
use bumpnet_kernel::boxes::proof::{BoxProof, Boxes};
use bumpnet_kernel::boxes::source::Arithmetic;
use bumpnet_kernel::composed::{Blocks, Composed, Order, Question, Steps};
use bumpnet_kernel::conclude::Ending;
use bumpnet_kernel::grid::{gridded::Gridded, proof::GridProof};
use bumpnet_kernel::line::{Line, Node};
use bumpnet_kernel::log::Log;
use bumpnet_kernel::on_line::{Cut, LineProof};
use bumpnet_kernel::pieces::Tolerance;
use bumpnet_kernel::sweep::Sweep;
use bumpnet_kernel::{CertifyError, Proved};

fn network(activation: Activation, inputs: usize) -> (Expr, Network) {
    let names: Vec<String> = ["x", "y"][..inputs].iter().map(|name| (*name).to_owned()).collect();
    let target = bumpnet_parser::parse_expression("x", names.clone()).unwrap();
    let units = (vec![3.0, 5.0], vec![-1.0, -2.0]);
    let layers = Network::one_hidden_layer(activation, units, vec![0.25, 0.5], 0.125, Activation::Identity);
    let inputs = names.into_iter().map(|name| Input { name, lo: 0.0, hi: 1.0 }).collect();
    let (name, target_text) = ("t/n".to_owned(), "x".to_owned());
    let (precision, outside) = (Precision::F64, Outside::Extend);
    let (graph, certificate) = (None, None);
    (
        target,
        Network::new(Parts { name, target: target_text, inputs, layers, precision, outside, graph, certificate })
            .expect("a network"),
    )
}

fn begin<'l, 'q>(line: &'l Line<'q>) -> (LineProof<'l, 'q>, Node<Interval>) {
    LineProof::begin(line, Log::new(false))
}

fn halves(proof: &mut LineProof<'_, '_>, node: Node<Interval>) -> [Node<Interval>; 2] {
    proof.divide(node, Cut::Middle).unwrap().try_into().unwrap()
}

fn refused(conclusion: Result<Proved, CertifyError>) -> bool {
    matches!(conclusion, Err(CertifyError::Contradiction(_) | CertifyError::Form(_)))
}

#[test]
fn a_complete_proof_is_concluded() {
    let (target, network) = network(Activation::Logistic, 1);
    let line = Line::new(&target, &network).unwrap().unwrap();
    let (mut proof, root) = begin(&line);
    for half in halves(&mut proof, root) {
        proof.by_range(half);
    }
    let proved = proof.conclude(Ending { argmax: 0.5, ..Ending::default() }).unwrap();
    assert!(proved.lower <= proved.upper && proved.cells == 2);
}

#[test]
fn a_lost_obligation_is_missed() {
    let (target, network) = network(Activation::Logistic, 1);
    let line = Line::new(&target, &network).unwrap().unwrap();
    let ending = || Ending { argmax: 0.5, ..Ending::default() };
    assert!(refused(begin(&line).0.conclude(ending())), "nothing is proved");
    let (mut proof, root) = begin(&line);
    let [left, _] = halves(&mut proof, root);
    proof.by_range(left);
    assert!(refused(proof.conclude(ending())), "one half is lost");
}

#[test]
fn obligations_of_two_proofs_are_told_apart() {
    let (target, network) = network(Activation::Logistic, 1);
    let line = Line::new(&target, &network).unwrap().unwrap();
    let (mut one, root) = begin(&line);
    let (mut other, other_root) = begin(&line);
    let [left, _] = halves(&mut other, other_root);
    one.by_range(left);
    drop(root);
    assert!(refused(one.conclude(Ending { argmax: 0.5, ..Ending::default() })), "a half for the whole");
}

/// A part that is proved apart says nothing of the whole: not as a certificate, not of the mean square, not of a block.
#[test]
fn a_part_is_no_proof_of_the_whole() {
    let (target, network) = network(Activation::Logistic, 1);
    let line = Line::new(&target, &network).unwrap().unwrap();
    let part = || {
        let (mut proof, root) = begin(&line);
        let mut part = proof.fork(root, &[0.0, 1e-9, 1.0]).unwrap().swap_remove(0);
        part.proof.by_range(part.node);
        part.proof
    };
    assert_eq!(part().upper(), f64::INFINITY);
    assert!(refused(part().conclude(Ending { argmax: 0.0, ..Ending::default() })));
    let (mut proof, root) = begin(&line);
    proof.by_range(root);
    let ending = Ending { argmax: 0.5, squares: Some(part()), ..Ending::default() };
    assert!(refused(proof.conclude(ending)));
}

/// A step of one target's graph is none of another's.
#[test]
fn steps_belong_to_their_question() {
    struct Nobody;
    impl Blocks for Nobody {
        fn prove<'l, 'q>(&self, block: &'l Line<'q>) -> LineProof<'l, 'q> {
            begin(block).0
        }
    }
    let (target, network) = network(Activation::Logistic, 1);
    let network = network
        .changed(|parts| parts.graph = Some(Graph { expand: false, arguments: vec![], values: vec![] }))
        .unwrap();
    let other = bumpnet_parser::parse_expression("101*x", vec!["x".to_owned()]).unwrap();
    let question = |target| Question { target, network: &network, blocks: &Nobody };
    let steps = Steps::new(&question(&target)).unwrap();
    let composed = Composed::new(&question(&other), &steps, Order::Listed);
    assert!(matches!(composed.err(), Some(CertifyError::Contradiction(_))));
}

/// The rule of one proof on an obligation of another speaks of another target.
#[test]
fn no_rule_takes_over_for_another_proof() {
    let other = bumpnet_parser::parse_expression("0*x", vec!["x".to_owned()]).unwrap();
    let (target, network) = network(Activation::Logistic, 1);
    let (line, wrong) = (Line::new(&target, &network).unwrap().unwrap(), Line::new(&other, &network).unwrap().unwrap());
    for by_leaf in [false, true] {
        let ((mut proof, mut root), (mut foreign, _)) = (begin(&line), begin(&wrong));
        if by_leaf {
            proof.absorb(&mut root, f64::INFINITY, 1.0);
        } else {
            foreign.absorb(&mut root, f64::INFINITY, 1.0);
        }
        let leaf = if by_leaf { &mut foreign } else { &mut proof }.leaf(root, f64::INFINITY).unwrap();
        proof.by_polynomial(leaf);
        assert!(refused(proof.conclude(Ending { argmax: 0.5, ..Ending::default() })));
    }
    let (boxes, wrong) = (Boxes::new(&target, &network).unwrap(), Boxes::new(&other, &network).unwrap());
    let (mut proof, root) = BoxProof::begin(&boxes, 1.0, Log::new(false));
    let (foreign, _) = BoxProof::begin(&wrong, 1.0, Log::new(false));
    proof.done(foreign.expand(root, 0.0, Arithmetic::Intervals));
    assert!(refused(proof.conclude(vec![0.5], None, None, None, None)));
    let (target, network) = self::network(Activation::Heaviside, 1);
    let (of, wrong) = (Gridded::new(&target, &network).unwrap(), Gridded::new(&other, &network).unwrap());
    let (mut proof, mut foreign) = (GridProof::begin(&of, Log::new(false)), GridProof::begin(&wrong, Log::new(false)));
    for index in 0..of.boxes() {
        let mut part = proof.take(index, f64::NEG_INFINITY, &mut Vec::new()).unwrap();
        foreign.better(&mut part, f64::INFINITY);
        proof.close(part);
    }
    assert!(refused(proof.conclude(vec![0.5], None, None)));
}

#[test]
fn a_part_that_is_proved_apart_must_be_complete_and_its_own() {
    let (target, network) = network(Activation::Logistic, 1);
    let line = Line::new(&target, &network).unwrap().unwrap();
    for exchange in [false, true] {
        let (mut proof, root) = begin(&line);
        let mut parts = proof.fork(root, &[0.0, 0.5, 1.0]).unwrap();
        let (mut second, mut first) = (parts.pop().unwrap(), parts.pop().unwrap());
        first.proof.by_range(first.node);
        if exchange {
            second.proof.by_range(second.node);
            proof.settle(first.promise, second.proof);
            proof.settle(second.promise, first.proof);
        } else {
            proof.settle(first.promise, first.proof);
            proof.settle(second.promise, second.proof);
        }
        assert!(refused(proof.conclude(Ending { argmax: 0.5, ..Ending::default() })));
    }
    let (mut proof, root) = begin(&line);
    assert!(proof.fork(root, &[0.0, 0.5]).is_err(), "the edges leave a part out");
}

#[test]
fn a_pass_must_reach_the_end() {
    let (target, network) = network(Activation::Heaviside, 1);
    let line = Line::new(&target, &network).unwrap().unwrap();
    let tolerance = Tolerance::new(0.1, f64::INFINITY, 1e-16, 1.0);
    for (ends, complete) in [(&[0.5, 1.0][..], true), (&[0.5], false), (&[], false)] {
        let mut sweep = Sweep::begin(&line, tolerance, Log::new(false)).unwrap();
        ends.iter().for_each(|end| assert!(sweep.cell(*end).0));
        let (proof, rests) = sweep.finish();
        assert!(rests.is_empty());
        let concluded = proof.conclude(Ending { argmax: 0.5, ..Ending::default() });
        assert_eq!(concluded.is_ok(), complete, "{ends:?}");
    }
    // What a pass leaves over is open.
    let mut sweep = Sweep::begin(&line, tolerance, Log::new(false)).unwrap();
    assert!(sweep.leave(0.5) && sweep.cell(1.0).0 && !sweep.cell(2.0).0);
    let (proof, rests) = sweep.finish();
    assert_eq!(rests.len(), 1);
    assert!(refused(proof.conclude(Ending { argmax: 0.5, ..Ending::default() })));
}

#[test]
fn boxes_are_all_missed() {
    let (target, network) = network(Activation::Logistic, 1);
    let boxes = Boxes::new(&target, &network).unwrap();
    let (mut proof, root) = BoxProof::begin(&boxes, 1.0, Log::new(false));
    let [low, high] = proof.divide(root, 0).unwrap();
    let low = proof.expand(low, 0.0, Arithmetic::Intervals);
    proof.done(low);
    drop(high);
    assert!(refused(proof.conclude(vec![0.5], None, None, None, None)));
}

#[test]
fn boxes_of_a_grid_are_all_missed() {
    let (target, network) = network(Activation::Heaviside, 1);
    let of = Gridded::new(&target, &network).unwrap();
    for left_out in 0..=of.boxes() {
        let mut proof = GridProof::begin(&of, Log::new(false));
        let mut sides = Vec::new();
        for index in (0..of.boxes()).filter(|index| *index != left_out) {
            assert!(proof.take(index, f64::INFINITY, &mut sides).is_none());
            assert!(proof.take(index, f64::INFINITY, &mut sides).is_none(), "once");
        }
        let concluded = proof.conclude(vec![0.5], None, None);
        assert_eq!(concluded.is_ok(), left_out == of.boxes(), "{left_out}");
    }
}

/// A weight makes errors smaller: what is proved with one says nothing of the error itself, nor of another network.
#[test]
fn a_proof_in_a_measure_is_about_that_measure() {
    let small = Measure::Weight("(/ (+ x 1) 1000000000)".to_owned());
    let (target, network) = network(Activation::Logistic, 1);
    let (line, other) = (Line::new(&target, &network).unwrap().unwrap(), network.clone());
    let weighted = Line::in_measure(&target, &small, &network).unwrap().unwrap();
    let elsewhere = Line::in_measure(&target, &small, &other).unwrap().unwrap();
    fn whole<'l, 'q>(line: &'l Line<'q>) -> LineProof<'l, 'q> {
        let (mut proof, root) = begin(line);
        proof.by_range(root);
        proof
    }
    let ending = |measured| Ending { argmax: 0.5, measured: Some((measured, 0.5)), ..Ending::default() };
    assert!(whole(&line).conclude(ending(whole(&weighted))).is_ok());
    assert!(refused(whole(&line).conclude(ending(whole(&line)))));
    assert!(refused(whole(&line).conclude(ending(whole(&elsewhere)))));
    assert!(refused(whole(&line).conclude(ending(begin(&weighted).0))));
    assert!(refused(whole(&weighted).conclude(Ending { argmax: 0.5, ..Ending::default() })));
    let squares = Some(whole(&weighted));
    assert!(refused(whole(&line).conclude(Ending { argmax: 0.5, squares, ..Ending::default() })));

    let boxes = Boxes::new(&target, &network).unwrap();
    let weighted = Boxes::in_measure(&target, &small, &network).unwrap();
    fn all<'b, 'q>(boxes: &'b Boxes<'q>) -> BoxProof<'b, Boxes<'q>> {
        let (mut proof, root) = BoxProof::begin(boxes, 1.0, Log::new(false));
        let root = proof.expand(root, 0.0, Arithmetic::Intervals);
        proof.done(root);
        proof
    }
    let conclude = |proof: BoxProof<'_, Boxes<'_>>, measured| proof.conclude(vec![0.5], None, None, measured, None);
    assert!(conclude(all(&boxes), Some((all(&weighted), vec![0.5]))).is_ok());
    assert!(refused(conclude(all(&boxes), Some((all(&boxes), vec![0.5])))));
    assert!(refused(conclude(all(&weighted), None)));
}
