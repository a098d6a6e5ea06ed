//! scratch
use std::time::Instant;
fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        let spec = bumpnet_parser::parse_spec(&bytes, "x").unwrap();
        for n in &spec.networks {
            let t = Instant::now();
            let c = match bumpnet_compiler::compile(&spec, n) {
                Ok(c) => c,
                Err(d) => {
                    println!("{} refused {}", n.name, d.message);
                    continue;
                }
            };
            println!("   pieces {} at least {:?} missed {:?}", c.pieces, c.at_least, c.missed);
            let net = c.network;
            let tb = t.elapsed();
            let t = Instant::now();
            match bumpnet_prove::certify(&spec.target, &net, f64::INFINITY) {
                Ok(c) => println!(
                    "{}/{} n={} [{:.6e}, {:.6e}] ratio {:.5} at {:.6} rms {:.3e}..{:.3e} eval+{:.2e} cells {} build {:?} prove {:?} {:?} {}",
                    spec.name,
                    n.name,
                    net.neurons(),
                    c.lower,
                    c.upper,
                    c.upper / c.lower,
                    c.argmax[0],
                    c.rms.0,
                    c.rms.1,
                    c.evaluated - c.upper,
                    c.cells,
                    tb,
                    t.elapsed(),
                    c.hidden.map(|h| (h.lower, h.upper)),
                    c.note.unwrap_or_default()
                ),
                Err(e) => println!("{}/{} {e:?}", spec.name, n.name),
            }
        }
    }
}
