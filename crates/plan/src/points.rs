//! Many points at a time, where the processor can.

use crate::plan::Plan;
use crate::single::SinglePlan;

impl Plan {
    /// The values at many points, on the caller's thread: the same bits as [`eval`](Self::eval), quicker.
    ///
    /// # Panics
    /// If `xs.len() != ys.len()`.
    pub fn eval_into(&self, xs: &[f64], ys: &mut [f64]) {
        assert_eq!(xs.len(), ys.len(), "one value per point");
        #[cfg(target_arch = "x86_64")]
        if crate::simd::eval_into(self, xs, ys) {
            return;
        }
        self.eval_each(xs, ys);
    }
}

impl SinglePlan {
    /// The values at many points, on the caller's thread: the same bits as [`eval`](Self::eval), quicker.
    ///
    /// # Panics
    /// If `xs.len() != ys.len()`.
    pub fn eval_into(&self, xs: &[f32], ys: &mut [f32]) {
        assert_eq!(xs.len(), ys.len(), "one value per point");
        #[cfg(target_arch = "x86_64")]
        if crate::single::simd::eval_into(self, xs, ys) {
            return;
        }
        self.eval_each(xs, ys);
    }
}
