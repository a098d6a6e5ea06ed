use bumpnet_plan::plan;
use std::time::Instant;
fn best(mut f: impl FnMut()) -> f64 {
    f();
    (0..9)
        .map(|_| {
            let t = Instant::now();
            f();
            t.elapsed().as_secs_f64()
        })
        .fold(f64::MAX, f64::min)
}
fn main() {
    let n = 1_000_000;
    let mut state = 1u64;
    let mut xs = vec![0.0; n];
    let mut ys = vec![0.0; n];
    let target = std::env::args().nth(1).unwrap();
    for line in std::env::args().skip(2) {
        let text = format!("version: 1\ntarget: {target}\ndomain: {{x: [0, 1]}}\nnetworks: {{n: {{{line}}}}}\n");
        let spec = bumpnet_parser::parse_spec(text.as_bytes(), "t").unwrap();
        let t = Instant::now();
        let built = bumpnet_compiler::compile(&spec, &spec.networks[0]).unwrap();
        let tc = t.elapsed();
        let net = built.network;
        let (lo, hi) = (net.inputs[0].lo, net.inputs[0].hi);
        for x in &mut xs {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            *x = lo + (hi - lo) * ((state >> 11) as f64 / (1u64 << 53) as f64);
        }
        let t = Instant::now();
        let p = plan(&net).unwrap();
        let tp = t.elapsed();
        let copy = best(|| ys.copy_from_slice(std::hint::black_box(&xs)));
        let simd = best(|| p.eval_into(std::hint::black_box(&xs), &mut ys));
        let scalar = best(|| p.eval_each(std::hint::black_box(&xs), &mut ys));
        let native = best(|| {
            for (x, y) in xs.iter().zip(&mut ys) {
                *y = 0.2 + 0.4 * x * x + 0.3 * x * (15.0 * x).sin() + 0.05 * (50.0 * x).cos();
            }
        });
        let m = |t: f64| n as f64 / t / 1e6;
        println!(
            "{line}: {} neurons, compile {tc:?}, plan {tp:?}; {} {} pieces of degree {}, {} kB, {} summed, bound {:.2e}; copy {:.0} plan {:.0} scalar {:.0} native {:.1} M/s: plan/copy {:.2} plan/native {:.1}",
            net.neurons(),
            p.pieces(),
            p.index(),
            p.degree(),
            p.bytes() / 1024,
            p.summed(),
            p.bound().get(),
            m(copy),
            m(simd),
            m(scalar),
            m(native),
            copy / simd,
            native / simd
        );
    }
}
