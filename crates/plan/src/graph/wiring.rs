//! A network as a graph of one-input functions joined by affine maps.
//!
//! A unit that reads one value is a function of it; units that read the same combination of several values are functions
//! of that combination, which becomes a value of its own. What a row adds up of the units over one value is then one
//! function, a *curve*, however many units there are: in composed networks a step, in low-rank ones a factor of one input
//! or half a product gate, in ridge networks all steps of one direction.

use std::collections::{HashMap, HashSet};

use bumpnet_ir::{Activation, Network};

/// `constant + sum alpha s(w v + b)` for a value v, without the domain of v.
#[derive(Clone, PartialEq, Debug)]
pub struct Curve {
    pub activation: Activation,
    /// Weight, bias and height of each unit.
    pub units: Vec<(f64, f64, f64)>,
    /// `None` where any will do, since rows add the opposite.
    pub constant: Option<f64>,
}

/// A value that is calculated from those before it.
#[derive(Debug)]
pub enum GraphNode {
    /// `bias + sum weight * value`.
    Affine { bias: f64, terms: Vec<(usize, f64)> },
    /// A function of one value.
    Curve { source: usize, curve: Curve },
}

/// The inputs, and behind them the nodes, the output last.
#[derive(Debug)]
pub struct Wiring {
    pub inputs: usize,
    pub nodes: Vec<GraphNode>,
}

/// What a network's slot is.
#[derive(Clone, Copy)]
enum Slot {
    Sum(usize),
    Unit(usize),
}

struct Unit {
    source: usize,
    activation: Activation,
    w: f64,
    b: f64,
}

/// A row: values and units with their weights.
#[derive(Default)]
struct RowSum {
    bias: f64,
    values: Vec<(usize, f64)>,
    units: Vec<(usize, f64)>,
}

/// The network by sums and units, as it stands.
struct Reading {
    inputs: usize,
    slots: Vec<Slot>,
    units: Vec<Unit>,
    sums: Vec<RowSum>,
    /// Sums that were made to be read by units, by their terms.
    arguments: HashMap<Vec<(u32, u64)>, usize>,
}

/// The units over one value that have one activation.
type Group = (usize, Activation);

/// Units and their heights' bits: what tells a sum of units from others.
type Heights = Vec<(usize, u64)>;

/// How rows use a group: which of its units, and in which sums.
#[derive(Default)]
struct Uses {
    members: HashSet<usize>,
    sums: HashSet<Heights>,
}

impl Wiring {
    /// `None` if a row has two weights for one slot.
    pub fn new(network: &Network) -> Option<Wiring> {
        let inputs = network.inputs.len();
        let slots = (0..inputs).map(Slot::Sum).collect();
        let mut reading = Reading { inputs, slots, units: Vec::new(), sums: Vec::new(), arguments: HashMap::new() };
        for layer in &network.layers {
            let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); layer.rows];
            layer.weights.entries().for_each(|(row, column, w)| rows[row].push((layer.inputs[column], w)));
            let rows = rows.into_iter().enumerate();
            let slots = rows.map(|(k, terms)| reading.row(layer.activation, &terms, layer.bias.get(k)));
            let slots: Vec<Slot> = slots.collect::<Option<_>>()?;
            reading.slots.extend(slots);
        }
        let output = match *reading.slots.last()? {
            Slot::Sum(value) => value,
            Slot::Unit(unit) => reading.sum(RowSum { units: vec![(unit, 1.0)], ..RowSum::default() }),
        };
        Some(reading.into_wiring(output))
    }

    /// Whether a curve may jump in a value that is not an input.
    pub fn jumps_inside(&self) -> bool {
        let inside = |node: &GraphNode| matches!(node, GraphNode::Curve { source, curve } if *source >= self.inputs && jumps(curve.activation));
        self.nodes.iter().any(inside)
    }

    /// How many curves there are.
    pub fn curves(&self) -> usize {
        self.nodes.iter().filter(|node| matches!(node, GraphNode::Curve { .. })).count()
    }
}

impl Reading {
    fn sum(&mut self, sum: RowSum) -> usize {
        self.sums.push(sum);
        self.inputs + self.sums.len() - 1
    }

    /// A row over slots.
    fn terms(&self, terms: &[(u32, f64)], bias: f64) -> RowSum {
        let mut sum = RowSum { bias, ..RowSum::default() };
        for (slot, weight) in terms {
            match self.slots[*slot as usize] {
                Slot::Sum(value) => sum.values.push((value, *weight)),
                Slot::Unit(unit) => sum.units.push((unit, *weight)),
            }
        }
        sum
    }

    /// What a row of a layer is.
    fn row(&mut self, activation: Activation, terms: &[(u32, f64)], b: f64) -> Option<Slot> {
        let mut seen = HashSet::new();
        if !terms.iter().all(|(slot, _)| seen.insert(*slot)) {
            return None;
        }
        if activation == Activation::Identity {
            let sum = self.terms(terms, b);
            return Some(Slot::Sum(self.sum(sum)));
        }
        let single = match terms {
            [(slot, w)] => match self.slots[*slot as usize] {
                Slot::Sum(value) => Some((value, *w)),
                Slot::Unit(_) => None,
            },
            _ => None,
        };
        let (source, w) = match (terms, single) {
            ([], _) => (0, 0.0),
            (_, Some(value_and_weight)) => value_and_weight,
            _ => {
                let key: Vec<(u32, u64)> = terms.iter().map(|(slot, weight)| (*slot, weight.to_bits())).collect();
                let known = self.arguments.get(&key).copied();
                let argument = known.unwrap_or_else(|| {
                    let sum = self.terms(terms, 0.0);
                    self.sum(sum)
                });
                self.arguments.insert(key, argument);
                (argument, 1.0)
            }
        };
        self.units.push(Unit { source, activation, w, b });
        Some(Slot::Unit(self.units.len() - 1))
    }

    /// The sums that the output needs, in order.
    fn needed(&self, output: usize) -> Vec<usize> {
        let mut needed = vec![false; self.inputs + self.sums.len()];
        needed[output] = true;
        for k in (0..self.sums.len()).rev().filter(|k| *k + self.inputs <= output) {
            if needed[self.inputs + k] {
                let sum = &self.sums[k];
                sum.values.iter().for_each(|(value, _)| needed[*value] = true);
                sum.units.iter().for_each(|(unit, _)| needed[self.units[*unit].source] = true);
            }
        }
        (0..self.sums.len()).filter(|k| needed[self.inputs + k]).collect()
    }

    /// A row's units by what they read, in order.
    fn groups(&self, sum: &RowSum) -> Vec<(Group, Vec<(usize, f64)>)> {
        let mut groups: Vec<(Group, Vec<(usize, f64)>)> = Vec::new();
        for (unit, alpha) in &sum.units {
            let group = (self.units[*unit].source, self.units[*unit].activation);
            match groups.iter_mut().find(|(known, _)| *known == group) {
                Some((_, units)) => units.push((*unit, *alpha)),
                None => groups.push((group, vec![(*unit, *alpha)])),
            }
        }
        groups
    }

    /// Units and heights, with the sign that makes the first height positive.
    fn signed(units: &[(usize, f64)]) -> (f64, Heights) {
        let sign = if units.first().is_some_and(|(_, alpha)| *alpha < 0.0) { -1.0 } else { 1.0 };
        (sign, units.iter().map(|(unit, alpha)| (*unit, (sign * alpha).to_bits())).collect())
    }

    /// Groups whose units are fewer than the different sums that rows make of them: there each unit is a curve.
    fn apart(&self, needed: &[usize]) -> HashSet<Group> {
        let mut found: HashMap<Group, Uses> = HashMap::new();
        for k in needed {
            for (group, units) in self.groups(&self.sums[*k]) {
                let uses = found.entry(group).or_default();
                uses.members.extend(units.iter().map(|(unit, _)| *unit));
                uses.sums.insert(Reading::signed(&units).1);
            }
        }
        found.into_iter().filter(|(_, uses)| uses.sums.len() > uses.members.len()).map(|(group, _)| group).collect()
    }

    fn into_wiring(self, output: usize) -> Wiring {
        let needed = self.needed(output);
        let apart = self.apart(&needed);
        let mut wiring = Wiring { inputs: self.inputs, nodes: Vec::new() };
        // Where each sum is, and each curve that several rows may read.
        let mut place: Vec<usize> = (0..self.inputs + self.sums.len()).collect();
        let mut curves: HashMap<Heights, usize> = HashMap::new();
        for k in needed {
            let sum = &self.sums[k];
            let groups = self.groups(sum);
            let mut add = |node: GraphNode| {
                wiring.nodes.push(node);
                wiring.inputs + wiring.nodes.len() - 1
            };
            let curve = |units: &[(usize, f64)], constant| {
                let first = &self.units[units[0].0];
                let unit = |(unit, alpha): &(usize, f64)| (self.units[*unit].w, self.units[*unit].b, *alpha);
                let units = units.iter().map(unit).collect();
                GraphNode::Curve {
                    source: place[first.source],
                    curve: Curve { activation: first.activation, units, constant },
                }
            };
            if let ([(group, units)], []) = (&groups[..], &sum.values[..])
                && !apart.contains(group)
            {
                place[self.inputs + k] = add(curve(units, Some(sum.bias)));
                continue;
            }
            let mut terms: Vec<(usize, f64)> = sum.values.iter().map(|(value, w)| (place[*value], *w)).collect();
            for (group, units) in groups {
                let parts: Vec<(Vec<(usize, f64)>, f64)> = match apart.contains(&group) {
                    true => units.iter().map(|(unit, alpha)| (vec![(*unit, 1.0)], *alpha)).collect(),
                    false => {
                        let (sign, _) = Reading::signed(&units);
                        vec![(units.iter().map(|(unit, alpha)| (*unit, sign * alpha)).collect(), sign)]
                    }
                };
                for (units, weight) in parts {
                    let node = *curves.entry(Reading::signed(&units).1).or_insert_with(|| add(curve(&units, None)));
                    terms.push((node, weight));
                }
            }
            place[self.inputs + k] = add(GraphNode::Affine { bias: sum.bias, terms });
        }
        wiring
    }
}

/// Whether an activation jumps.
pub fn jumps(activation: Activation) -> bool {
    matches!(activation, Activation::Heaviside | Activation::ClippedLogistic)
}
