//! What `method: auto` tries for several inputs, and what it need not try.

use bumpnet_ir::{Activation, Auto, Composed, Gates, LowRank, Method, Steepness, TowerForm, Towers};

/// Inputs up to which a proof over a box is cheap enough to look for fewer neurons than are known to do. Heuristic.
const FEW_INPUTS: usize = 3;

/// The constructions to try, the cheapest networks first. Towers follow jumps, and take so many neurons that they are for
/// targets that nothing else is for.
pub fn methods(auto: &Auto) -> Vec<(&'static str, Method)> {
    let activation = auto.activation.unwrap_or(Activation::Logistic);
    let mut methods = Vec::new();
    if activation.is_smooth() {
        let composed = Composed { activation, gates: Gates::Native, neurons: auto.neurons };
        let low_rank = LowRank { activation, neurons: auto.neurons, max_weight: auto.max_weight };
        methods.push(("composed", Method::Composed(composed)));
        methods.push(("low-rank", Method::LowRank(low_rank)));
    }
    if matches!(auto.activation, None | Some(Activation::Heaviside)) && auto.neurons.is_none() {
        let towers = Towers {
            activation: Activation::Heaviside,
            form: TowerForm::Steps,
            adaptive: true,
            steepness: Steepness::Auto,
            resolution: None,
        };
        methods.push(("towers, heaviside, adaptive", Method::Towers(towers)));
    }
    methods
}

/// Why a construction need not be tried where a network is known: `good` neurons do, if that many are known to.
pub fn skipped(method: &Method, inputs: usize, good: Option<usize>) -> Option<String> {
    match (method, good) {
        (Method::Towers(_), Some(_)) => Some("not tried: it takes many neurons".to_owned()),
        (Method::Towers(_), None) if inputs > FEW_INPUTS => Some("not tried: too many boxes".to_owned()),
        (Method::LowRank(_), Some(good)) => {
            // Two steps for each input, and a product of four neurons between every two.
            let least = 2 * inputs + 4 * (inputs - 1);
            let why = match (good <= least, inputs > FEW_INPUTS) {
                (true, _) => format!("not tried: it has {least} neurons at least"),
                (_, true) => "not tried: its proof is dear for so many inputs".to_owned(),
                _ => return None,
            };
            Some(why)
        }
        _ => None,
    }
}
