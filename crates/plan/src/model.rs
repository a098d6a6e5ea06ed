//! Taylor models of the hidden layer, cell by cell over the domain, each as large as its units allow.
//!
//! As in the proof of a certificate, what is known of a cell is handed down to its halves: a unit that is saturated on a
//! cell is a constant there, one that is smooth enough a polynomial, and both are added once, high up; only the units
//! whose step is near travel on. At the breaks of an activation cells end, so that every unit is one analytic formula on
//! each cell.

use bumpnet_interval::{Interval, Jet, UpperBound, Wide};
use bumpnet_ir::Activation;
use bumpnet_prove::poly::{Cell, Number, ORDER, Poly};
use bumpnet_prove::units::Units;

use crate::parts;

/// Cells without an edge that are narrower than this part of the domain are not divided further; what they hold is summed
/// directly. Heuristic: the narrowest cells of graded networks are about 2^-40 of the domain.
const NARROWEST: f64 = 1.0 / (1u64 << 44) as f64;
/// Most models. Heuristic: beyond, tables leave every cache.
const MOST: usize = 1 << 16;
/// Beyond this radius in its argument no series of a unit converges; see `bumpnet_prove::units`.
const CONVERGES: f64 = 3.0;

/// The sum of the hidden layer on a cell.
pub struct Model {
    /// Where the cell begins and ends for the index.
    pub core: (f64, f64),
    /// The cell that `poly` is about: the core, and where nothing breaks a little more.
    pub cell: Cell,
    /// The sum; `None` where no polynomial is found.
    pub poly: Option<Poly<Wide>>,
}

/// A hidden layer made ready.
pub struct Layer<'a> {
    units: &'a Units,
    /// Where each unit changes its part, exactly (continuous activations: within the rounding that `moved` bounds).
    edges: Vec<Vec<f64>>,
    /// How much wider than their cores cells are.
    pub margin: f64,
    /// A bound of the error of taking edges next to each other for one.
    pub moved: UpperBound,
}

struct TreeNode {
    core: (f64, f64),
    poly: Poly<Wide>,
    near: Vec<u32>,
}

impl<'a> Layer<'a> {
    /// `None` where an edge cannot be placed exactly.
    pub fn new(units: &'a Units, lo: f64, hi: f64) -> Option<Layer<'a>> {
        let activation = units.activation;
        let edges: Vec<Vec<f64>> = units
            .list
            .iter()
            .map(|unit| parts::edges(activation, unit.weight(), unit.bias()))
            .collect::<Option<_>>()?;
        let broken = edges.iter().flatten().any(|edge| lo < *edge && *edge <= hi);
        // Far more than the rounding of a bucket, and far less than a cell.
        let margin =
            if broken { 0.0 } else { (hi - lo) / (1u64 << 40) as f64 + 8.0 * f64::EPSILON * lo.abs().max(hi.abs()) };
        let mut layer = Layer { units, edges, margin, moved: UpperBound::ZERO };
        if matches!(activation, Activation::Ramp | Activation::Smoothstep) {
            layer.join_edges(8.0 * f64::EPSILON * lo.abs().max(hi.abs()));
        }
        Some(layer)
    }

    /// Makes edges one that are within `slack`: ramps that join end where the next begins, up to rounding. A unit is then
    /// taken for the other part on that stretch, where the two differ by at most `|w| slack` times the largest slope.
    fn join_edges(&mut self, slack: f64) {
        let mut all: Vec<(f64, usize, usize)> = Vec::new();
        for (k, edges) in self.edges.iter().enumerate() {
            all.extend(edges.iter().enumerate().map(|(i, edge)| (*edge, k, i)));
        }
        all.sort_by(|p, q| p.0.total_cmp(&q.0));
        let mut start = 0;
        while start < all.len() {
            let from = all[start].0;
            let count = all[start..].partition_point(|(edge, ..)| *edge <= from + slack);
            if count > 1 {
                let mut moved = UpperBound::ZERO;
                for (edge, k, i) in &all[start..start + count] {
                    let unit = &self.units.list[*k];
                    let distance = (Interval::point(*edge) - Interval::point(from)).magnitude();
                    // The largest slope of a ramp is 1/2, of a smoothstep 3/4.
                    moved = moved + unit.size * UpperBound::new(unit.weight().abs()) * distance * UpperBound::new(0.75);
                    self.edges[*k][*i] = from;
                }
                self.moved = self.moved.max(moved);
            }
            start += count;
        }
    }

    /// Models that cover the domain, from left to right; their remainders are about `tolerance` together.
    pub fn models(&self, lo: f64, hi: f64, tolerance: f64) -> Vec<Model> {
        let near = (0..self.units.list.len() as u32).collect();
        let mut stack = vec![TreeNode { core: (lo, hi), poly: Poly::constant(Wide::from(self.units.c0)), near }];
        let mut models: Vec<Model> = Vec::new();
        let narrowest = (hi - lo) * NARROWEST;
        while let Some(mut node) = stack.pop() {
            let cell = self.cell(node.core);
            self.absorb(&mut node, &cell, tolerance);
            let (a, b) = node.core;
            let done = node.near.is_empty();
            let edge = self.middle_edge(&node);
            let cut = edge.unwrap_or_else(|| Cell { a, b }.centre());
            let narrow = edge.is_none() && b - a <= narrowest || cell.is_sliver() || !(a < cut && cut <= b);
            if done || narrow || models.len() + stack.len() > MOST {
                models.push(Model { core: node.core, cell, poly: done.then_some(node.poly) });
                continue;
            }
            for core in [(cut, b), (a, self.left_end(cut))] {
                let poly = node.poly.restrict(&cell, &self.cell(core));
                stack.push(TreeNode { core, poly, near: node.near.clone() });
            }
        }
        models
    }

    fn cell(&self, (a, b): (f64, f64)) -> Cell {
        Cell { a: a - self.margin, b: b + self.margin }
    }

    /// The end of the cell left of a cut. Without breaks cells may touch.
    fn left_end(&self, cut: f64) -> f64 {
        if self.margin > 0.0 { cut } else { cut.next_down() }
    }

    /// The middle one of the near units' edges inside.
    fn middle_edge(&self, node: &TreeNode) -> Option<f64> {
        let (a, b) = node.core;
        let edges = node.near.iter().flat_map(|k| &self.edges[*k as usize]);
        let mut inside: Vec<f64> = edges.copied().filter(|edge| a < *edge && *edge <= b).collect();
        let middle = inside.len() / 2;
        (!inside.is_empty()).then(|| *inside.select_nth_unstable_by(middle, f64::total_cmp).1)
    }

    /// Takes over the units that have become constant or smooth on the cell.
    fn absorb(&self, node: &mut TreeNode, cell: &Cell, tolerance: f64) {
        let share = tolerance / node.near.len().max(16) as f64;
        let (core, poly) = (node.core, &mut node.poly);
        node.near.retain(|&k| match self.expand(k as usize, core, cell, share) {
            Some(term) => {
                poly.add_scaled(Wide::point(1.0), &term);
                false
            }
            None => true,
        });
    }

    /// A unit on a cell as a polynomial, if its remainder is small enough there.
    fn expand(&self, k: usize, (a, b): (f64, f64), cell: &Cell, share: f64) -> Option<Poly<Wide>> {
        let (unit, activation) = (&self.units.list[k], self.units.activation);
        let alpha = Wide::from(unit.alpha);
        let (w, bias) = (unit.weight(), unit.bias());
        if w == 0.0 {
            let value = parts::apply(activation, parts::part_of(activation, bias), &Wide::point(bias));
            return Some(Poly::constant(alpha * value));
        }
        let edges = &self.edges[k];
        if edges.iter().any(|edge| a < *edge && *edge <= b) {
            return None;
        }
        let passed = edges.partition_point(|edge| *edge <= a);
        let part = if w > 0.0 { passed } else { edges.len() - passed };
        if let Some(value) = parts::constant(activation, part) {
            return Some(Poly::constant(alpha * Wide::point(value)));
        }
        let z = Interval::point(w) * cell.interval() + Interval::point(bias);
        if let Some(constant) = saturated(activation, alpha, z, share) {
            return Some(Poly::constant(constant));
        }
        // Intervals know a coefficient to some ulps, which is enough for small weights and ten times as quick.
        let taylor = Taylor { activation, part, w, bias, cell };
        let quick = taylor.expand::<Interval>(share / unit.size.get())?;
        let noise: f64 =
            quick.coefficients()[..ORDER.min(quick.coefficients().len())].iter().map(|c| c.width().get()).sum();
        let poly: Poly<Wide> = if unit.size.get() * noise <= 4.0 * share {
            quick.convert()
        } else {
            taylor.expand(share / unit.size.get())?
        };
        let mut scaled = Poly::constant(Wide::ZERO);
        scaled.add_scaled(alpha, &poly);
        Some(scaled)
    }
}

/// A smooth activation's limit, with its distance on these arguments, if that is small enough.
fn saturated(activation: Activation, alpha: Wide, z: Interval, share: f64) -> Option<Wide> {
    let (limit, distance) = near_limit(activation, z)?;
    let value = alpha * Wide::point(limit).plus_minus(distance);
    ((alpha.magnitude() * distance).get() <= share).then_some(value)
}

/// The limit that a smooth activation is near on these arguments, and how far from it it is at most.
pub fn near_limit(activation: Activation, z: Interval) -> Option<(f64, UpperBound)> {
    // Before it costs an evaluation: nearer than gompertz' saturation point no activation is within 1e-17 of a limit.
    if !activation.is_smooth() || z.lo() < 3.75 && z.hi() > -3.75 {
        return None;
    }
    let (low, high) = activation.limits();
    let (from, to) = activation.saturation();
    // Activations rise, so the distance is largest at the nearest argument; a nearer one than that, where `exp` is finite.
    let (limit, nearest) = if z.lo() > 0.0 { (high, z.lo().min(2.0 * to)) } else { (low, z.hi().max(2.0 * from)) };
    Some((limit, (activation.apply(&Wide::point(nearest)) - Wide::point(limit)).magnitude()))
}

/// What is expanded: `s(w x + b)` by one part's formula, on a cell.
struct Taylor<'a> {
    activation: Activation,
    part: usize,
    w: f64,
    bias: f64,
    cell: &'a Cell,
}

impl Taylor<'_> {
    /// `None` where the remainder is wider than `share`, or no series converges.
    fn expand<T: Number>(&self, share: f64) -> Option<Poly<T>> {
        let argument = |x: T| T::point(self.w) * x + T::point(self.bias);
        let scale = T::point(self.w) * T::point(self.cell.radius());
        let centre = argument(T::point(self.cell.centre()));
        let whole = matches!(self.activation, Activation::Ramp | Activation::Smoothstep);
        if scale.magnitude().get() > CONVERGES.max(0.7 * centre.mignitude()) && !whole {
            return None;
        }
        let z = Interval::point(self.w) * self.cell.interval() + Interval::point(self.bias);
        let over = parts::apply(self.activation, self.part, &Jet::variable(z, ORDER));
        let last = over.coefficient(ORDER).magnitude() * power(scale.magnitude());
        if !(last.get() <= share) {
            return None;
        }
        Poly::from_jets(&parts::apply(self.activation, self.part, &Jet::variable(centre, ORDER - 1)), &over, scale)
    }
}

/// The power of order [`ORDER`].
fn power(x: UpperBound) -> UpperBound {
    (0..ORDER).fold(UpperBound::ONE, |product, _| product * x)
}
