//! The layers behind the first, made ready to follow single changes: who reads what, with which weight.
//!
//! A signal is *binary* (a step: 0 or 1, or not known) or *real*. A row adds up its binary signals in fixed point, so that
//! changes leave no rounding behind, and its real ones in intervals. Units that read one real signal and differ in their
//! thresholds are a *ladder*: which of them are on is a number, found by bisection.

use std::collections::BTreeMap;

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Input, Layer, Network, Precision};

use super::fixed::Scale;
use crate::exact_sums::sums_are_exact;
use crate::moved::{moved, own_error};
use crate::place::place;

/// What a slot of the network carries.
#[derive(Clone, Copy, Debug)]
pub enum Signal {
    /// A unit of the first layers, by its number.
    Unit(u32),
    /// A row, by its node.
    Node(u32),
    /// A unit of a ladder: the ladder's node, and the unit's rung.
    Rung(u32, u32),
}

/// What is evaluated when something before it has changed; in the network's order.
#[derive(Clone, Debug)]
pub enum Gate {
    /// A unit with its sum.
    Row(WiredRow),
    /// Many units that read one row.
    Ladder(Ladder),
}

/// One unit.
#[derive(Clone, Debug)]
pub struct WiredRow {
    /// Its activation.
    pub activation: Activation,
    /// The unit of its sum of binary signals.
    pub scale: Scale,
    /// The bias in that unit.
    pub bias: i128,
    /// What cut weights, and units that only nearly saturate, may add up to.
    pub radius: UpperBound,
    /// How far the evaluator's sum may be from the exact one.
    pub rounding: UpperBound,
    /// The real signals it reads, and their weights.
    pub reals: Vec<(u32, f64)>,
    /// The rows that add up its state, if it is a step: node, and weight in that node's unit.
    pub steps: Vec<(u32, i128)>,
    /// The nodes that read its value, if it is real.
    pub readers: Vec<u32>,
}

/// Steps that read one real signal with positive weights: from below, the first so many are on.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// The row that it reads.
    pub source: u32,
    /// Where each rung's jump is at the earliest and at the latest, both in order.
    pub rungs: Vec<(f64, f64)>,
    /// The rows that add up its units.
    pub steps: Vec<Prefix>,
}

/// A row's weights of a ladder's rungs, added up from below.
#[derive(Clone, Debug)]
pub struct Prefix {
    /// The row.
    pub target: u32,
    /// The sum of the first k weights, in the row's unit.
    pub sums: Vec<i128>,
}

/// A network behind its first layers.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// In order.
    pub nodes: Vec<Gate>,
    /// For each unit of the first layers, the rows that read it.
    pub units: Vec<Vec<(u32, i128)>>,
    /// A bound of the magnitude of each node's value.
    sizes: Vec<UpperBound>,
    /// How far the evaluator's value of each node may be from the exact one.
    pub errors: Vec<UpperBound>,
    precision: Precision,
    tail: UpperBound,
}

/// A layer's units that may be rungs, by the row that they read.
type Ladders = BTreeMap<u32, Vec<(f64, f64, usize)>>;

impl Wiring {
    /// The wiring of the layers that are not in front, those of `units` units in all.
    ///
    /// # Errors
    /// What is not of this form.
    pub fn new(network: &Network, front: &[bool], units: usize) -> Result<Wiring, String> {
        let tail = front.iter().zip(&network.layers).filter(|(front, _)| **front);
        let tail = tail.map(|(_, layer)| layer.activation.tail()).fold(0.0, f64::max);
        let smooth = network.layers.iter().zip(front).any(|(l, f)| *f && l.activation != Activation::Heaviside);
        // Besides, the evaluator knows a unit that is no jump to 4 ulp.
        let u = network.precision.unit_roundoff();
        let mut wiring = Wiring {
            nodes: Vec::new(),
            units: vec![Vec::new(); units],
            sizes: Vec::new(),
            errors: Vec::new(),
            precision: network.precision,
            tail: UpperBound::new(if smooth { tail + 8.0 * u } else { 0.0 }),
        };
        let mut slots: Vec<Option<Signal>> = vec![None; network.inputs.len()];
        let mut unit = 0;
        for (layer, front) in network.layers.iter().zip(front) {
            if *front {
                slots.extend((unit..).take(layer.rows).map(|unit| Some(Signal::Unit(unit))));
                unit += layer.rows as u32;
                continue;
            }
            let signals: Option<Vec<Signal>> = layer.inputs.iter().map(|slot| slots[*slot as usize]).collect();
            let Some(signals) = signals else {
                return Err("a layer behind the first reads an input".to_owned());
            };
            let last = slots.len() + layer.rows == total(network);
            slots.extend(wiring.layer(layer, &signals, last)?.into_iter().map(Some));
        }
        Ok(wiring)
    }

    /// Adds a layer and gives its signals.
    fn layer(&mut self, layer: &Layer, signals: &[Signal], last: bool) -> Result<Vec<Signal>, String> {
        let mut entries: Vec<Vec<(Signal, f64)>> = vec![Vec::new(); layer.rows];
        for (row, column, weight) in layer.weights.entries() {
            entries[row].push((signals[column], weight));
        }
        let mut placed: Vec<Option<Signal>> = vec![None; layer.rows];
        if layer.activation == Activation::Heaviside && !last {
            for (source, rungs) in self.ladders(layer, &entries) {
                let node = self.nodes.len() as u32;
                for (rung, (_, _, row)) in rungs.iter().enumerate() {
                    placed[*row] = Some(Signal::Rung(node, rung as u32));
                }
                let rungs = rungs.iter().map(|(left, right, _)| (*left, *right)).collect();
                self.push(Gate::Ladder(Ladder { source, rungs, steps: Vec::new() }), UpperBound::ONE, UpperBound::ZERO);
                self.readers(source).push(node);
            }
        }
        let mut result = Vec::with_capacity(layer.rows);
        for (row, entries) in entries.iter().enumerate() {
            result.push(match placed[row] {
                Some(signal) => signal,
                None => Signal::Node(self.row(layer.activation, layer.bias.get(row), entries)?),
            });
        }
        Ok(result)
    }

    /// Units of a layer of steps that read one real signal each, those of a signal together and in the order of their jumps.
    fn ladders(&self, layer: &Layer, entries: &[Vec<(Signal, f64)>]) -> Ladders {
        let everywhere = Input { name: String::new(), lo: f64::MIN, hi: f64::MAX };
        let mut ladders = Ladders::new();
        for (row, entries) in entries.iter().enumerate() {
            let [(Signal::Node(source), w)] = entries[..] else { continue };
            if self.is_step(source) || !(w > 0.0) {
                continue;
            }
            let Some((left, right)) = place(w, layer.bias.get(row), &everywhere) else { continue };
            if left == right || self.precision == Precision::F64 {
                ladders.entry(source).or_default().push((left, right, row));
            }
        }
        for rungs in ladders.values_mut() {
            rungs.sort_by(|p, q| p.0.total_cmp(&q.0).then(p.1.total_cmp(&q.1)).then(p.2.cmp(&q.2)));
        }
        // Jumps of which one cannot say which is first are left to rows of their own.
        ladders.retain(|_, rungs| rungs.windows(2).all(|pair| pair[0].1 <= pair[1].1));
        ladders
    }

    fn is_step(&self, node: u32) -> bool {
        matches!(&self.nodes[node as usize], Gate::Row(row) if row.activation == Activation::Heaviside)
    }

    fn readers(&mut self, node: u32) -> &mut Vec<u32> {
        match &mut self.nodes[node as usize] {
            Gate::Row(row) => &mut row.readers,
            Gate::Ladder(_) => unreachable!("only rows have values that are read"),
        }
    }

    fn push(&mut self, node: Gate, size: UpperBound, error: UpperBound) -> u32 {
        self.nodes.push(node);
        self.sizes.push(size);
        self.errors.push(error);
        self.nodes.len() as u32 - 1
    }

    /// Adds a unit that has a sum of its own.
    fn row(&mut self, activation: Activation, bias: f64, entries: &[(Signal, f64)]) -> Result<u32, String> {
        let node = self.nodes.len() as u32;
        let magnitude = |weight: &f64| UpperBound::new(weight.abs());
        let size = |signal: &Signal| match signal {
            Signal::Node(node) => self.sizes[*node as usize],
            _ => UpperBound::ONE,
        };
        let binary: UpperBound =
            entries.iter().map(|(_, weight)| magnitude(weight)).sum::<UpperBound>() + magnitude(&bias);
        let total =
            entries.iter().map(|(s, weight)| magnitude(weight) * size(s)).sum::<UpperBound>() + magnitude(&bias);
        let scale = Scale::new(binary).ok_or("weights of such sizes cannot be added up exactly")?;
        // Each of n products and n additions is off by u of a partial sum or term, which grows by (1 + u)^n meanwhile, in any
        // order: exports rely on that.
        let (n, u) = (entries.len() as f64, self.precision.unit_roundoff());
        let (least, largest) = self.precision.extremes();
        if !(total.get() * 4.0 < largest && n * u < 1e-3) {
            return Err("a sum may be too large for the evaluator".to_owned());
        }
        let mut rounding = total * UpperBound::new((n + 2.0) * u * 1.01) + UpperBound::new(n * least);
        let all_binary =
            entries.iter().all(|(signal, _)| !matches!(signal, Signal::Node(node) if !self.is_step(*node)));
        let numbers = entries.iter().map(|(_, weight)| *weight).chain([bias]);
        if all_binary && self.tail == UpperBound::ZERO && sums_are_exact(numbers, total, u) {
            rounding = UpperBound::ZERO;
        }
        let mut row = WiredRow {
            activation,
            scale,
            bias: 0,
            radius: UpperBound::ZERO,
            rounding: UpperBound::ZERO,
            reals: Vec::new(),
            steps: Vec::new(),
            readers: Vec::new(),
        };
        let unit = UpperBound::new(scale.unit());
        let fix = |weight: f64, radius: &mut UpperBound| {
            let (fixed, cut) = scale.fix(weight);
            if cut {
                *radius = *radius + unit;
            }
            fixed
        };
        row.bias = fix(bias, &mut row.radius);
        let mut ladders: BTreeMap<u32, Vec<i128>> = BTreeMap::new();
        for (signal, weight) in entries {
            match *signal {
                Signal::Unit(unit) => {
                    let fixed = fix(*weight, &mut row.radius);
                    row.radius = row.radius + magnitude(weight) * self.tail;
                    self.units[unit as usize].push((node, fixed));
                }
                Signal::Rung(ladder, rung) => {
                    let rungs = match &self.nodes[ladder as usize] {
                        Gate::Ladder(ladder) => ladder.rungs.len(),
                        Gate::Row(_) => 0,
                    };
                    let sums = ladders.entry(ladder).or_insert_with(|| vec![0; rungs + 1]);
                    sums[rung as usize + 1] += fix(*weight, &mut row.radius);
                }
                Signal::Node(source) => match &mut self.nodes[source as usize] {
                    Gate::Row(step) if step.activation == Activation::Heaviside => {
                        step.steps.push((node, fix(*weight, &mut row.radius)));
                    }
                    Gate::Row(real) => {
                        real.readers.push(node);
                        row.reals.push((source, *weight));
                        rounding = rounding + magnitude(weight) * self.errors[source as usize];
                    }
                    Gate::Ladder(_) => return Err("a ladder has no value of its own".to_owned()),
                },
            }
        }
        for (ladder, mut sums) in ladders {
            (1..sums.len()).for_each(|k| sums[k] += sums[k - 1]);
            if let Gate::Ladder(ladder) = &mut self.nodes[ladder as usize] {
                ladder.steps.push(Prefix { target: node, sums });
            }
        }
        row.rounding = rounding;
        let (size, error) = match activation {
            Activation::Identity => (total + row.radius, rounding),
            // Of all others the values are from -1 to 1; both sides of a jump count in `Circuit::update`.
            other => (UpperBound::ONE, moved(other, rounding) + own_error(other, u)),
        };
        Ok(self.push(Gate::Row(row), size, error))
    }

    /// The output neuron's node.
    pub fn output(&self) -> u32 {
        self.nodes.len() as u32 - 1
    }
}

/// Number of slots of a network.
fn total(network: &Network) -> usize {
    network.inputs.len() + network.layers.iter().map(|layer| layer.rows).sum::<usize>()
}

impl WiredRow {
    /// The exact sum, from the fixed-point sums of its binary signals and the values of the real ones.
    pub fn argument(&self, (lo, hi): (i128, i128), values: &[Interval]) -> Interval {
        let binary = self.scale.interval(lo, hi);
        let binary = if self.radius == UpperBound::ZERO { binary } else { binary + Interval::symmetric(self.radius) };
        self.reals.iter().fold(binary, |sum, (node, weight)| sum + Interval::point(*weight) * values[*node as usize])
    }
}
