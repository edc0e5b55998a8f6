use std::cmp::Reverse;
use std::collections::BinaryHeap;

// Pairs points of two sorted lists of lines, the nearest pair first, until one list is used up or no pair is within
// `limit`. Returns positions in the two lists.
//
// The nearest pair of all is always a neighbouring pair in the merged order, so a linked list over the merged points
// and a heap of its neighbouring pairs are enough: O(n log n), where trying all pairs would be quadratic in a file
// with thousands of findings of one rule. Ties go to the smaller position, so the result does not depend on chance.
pub(super) fn pair_nearest(before: &[u32], after: &[u32], limit: u32) -> Vec<(usize, usize)> {
    let mut points: Vec<Point> = Vec::with_capacity(before.len() + after.len());
    points.extend(before.iter().enumerate().map(|(at, &line)| Point { line, is_after: false, at }));
    points.extend(after.iter().enumerate().map(|(at, &line)| Point { line, is_after: true, at }));
    points.sort_by_key(|point| (point.line, point.at, point.is_after));

    let mut chain = Chain::new(points);
    let mut heap = BinaryHeap::new();
    for left in 0..chain.points.len() {
        chain.push_candidate(Some(left), Some(left + 1), limit, &mut heap);
    }
    let mut pairs = Vec::with_capacity(before.len().min(after.len()));
    while let Some(Reverse((_, _, left, right))) = heap.pop() {
        let (Some(a), Some(b)) = (chain.alive(left), chain.alive(right)) else { continue };
        pairs.push(if a.is_after { (b.at, a.at) } else { (a.at, b.at) });
        let (outer_left, outer_right) = chain.remove(left, right);
        chain.push_candidate(outer_left, outer_right, limit, &mut heap);
    }
    pairs.sort_unstable();
    pairs
}

#[derive(Clone, Copy)]
struct Point {
    line: u32,
    is_after: bool,
    at: usize,
}

// Distance and smaller position decide, then the places in the chain.
type Candidate = Reverse<(u32, usize, usize, usize)>;

struct Chain {
    points: Vec<Point>,
    // The neighbours that are left; `None` at the ends.
    links: Vec<Link>,
}

#[derive(Clone, Copy)]
struct Link {
    before: Option<usize>,
    after: Option<usize>,
    is_alive: bool,
}

impl Chain {
    fn new(points: Vec<Point>) -> Self {
        let count = points.len();
        let links = (0..count)
            .map(|at| Link {
                before: at.checked_sub(1),
                after: (at + 1 < count).then_some(at + 1),
                is_alive: true,
            })
            .collect();
        Self { points, links }
    }

    fn alive(&self, at: usize) -> Option<Point> {
        let link = self.links.get(at)?;
        if link.is_alive { self.points.get(at).copied() } else { None }
    }

    fn push_candidate(
        &self,
        left: Option<usize>,
        right: Option<usize>,
        limit: u32,
        heap: &mut BinaryHeap<Candidate>,
    ) {
        let (Some(left), Some(right)) = (left, right) else { return };
        let (Some(a), Some(b)) = (self.alive(left), self.alive(right)) else { return };
        let distance = a.line.abs_diff(b.line);
        if a.is_after != b.is_after && distance <= limit {
            heap.push(Reverse((distance, a.at.min(b.at), left, right)));
        }
    }

    // Takes two neighbours out and gives the points that are neighbours now.
    fn remove(&mut self, left: usize, right: usize) -> (Option<usize>, Option<usize>) {
        let outer_left = self.links.get(left).and_then(|link| link.before);
        let outer_right = self.links.get(right).and_then(|link| link.after);
        for gone in [left, right] {
            if let Some(link) = self.links.get_mut(gone) {
                link.is_alive = false;
            }
        }
        if let Some(link) = outer_left.and_then(|at| self.links.get_mut(at)) {
            link.after = outer_right;
        }
        if let Some(link) = outer_right.and_then(|at| self.links.get_mut(at)) {
            link.before = outer_left;
        }
        (outer_left, outer_right)
    }
}

#[cfg(test)]
mod tests {
    use super::pair_nearest;
    use proptest::prelude::*;

    #[track_caller]
    fn check(before: &[u32], after: &[u32], expect: &[(usize, usize)]) {
        assert_eq!(pair_nearest(before, after, u32::MAX), expect, "{before:?} {after:?}");
    }

    #[test]
    fn the_nearest_pair_first() {
        check(&[], &[], &[]);
        check(&[1], &[], &[]);
        check(&[1, 5, 9], &[1, 5, 9], &[(0, 0), (1, 1), (2, 2)]);
        check(&[10, 20], &[12, 20, 40], &[(0, 0), (1, 1)]);
        check(&[10, 20, 30], &[20], &[(1, 0)]);
        check(&[7, 7, 7], &[7, 7], &[(0, 0), (1, 1)]);
        assert_eq!(pair_nearest(&[10], &[14], 3), &[]);
        assert_eq!(pair_nearest(&[10], &[13], 3), &[(0, 0)]);
    }

    // The same by trying all pairs: what the fast way must equal in the distances that it pairs.
    fn by_brute_force(before: &[u32], after: &[u32], limit: u32) -> Vec<u32> {
        let (mut before, mut after) = (before.to_vec(), after.to_vec());
        let mut distances = Vec::new();
        loop {
            let best = before
                .iter()
                .enumerate()
                .flat_map(|(b, x)| after.iter().enumerate().map(move |(a, y)| (x.abs_diff(*y), b, a)))
                .min();
            let Some((distance, b, a)) = best.filter(|(distance, ..)| *distance <= limit) else {
                return distances;
            };
            distances.push(distance);
            before.remove(b);
            after.remove(a);
        }
    }

    proptest! {
        #[test]
        fn pairs_as_many_as_there_can_be(
            mut before in prop::collection::vec(0_u32..60, 0..20),
            mut after in prop::collection::vec(0_u32..60, 0..20),
        ) {
            before.sort_unstable();
            after.sort_unstable();
            let pairs = pair_nearest(&before, &after, u32::MAX);
            prop_assert_eq!(pairs.len(), before.len().min(after.len()));
            let mut used: Vec<usize> = pairs.iter().map(|(_, a)| *a).collect();
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len(), pairs.len());
            let nearest = |pairs: &[(usize, usize)]| pairs.iter().map(|(b, a)| before[*b].abs_diff(after[*a])).min();
            prop_assert_eq!(nearest(&pairs), by_brute_force(&before, &after, u32::MAX).into_iter().min());
        }

        #[test]
        fn equal_lists_pair_with_themselves(mut lines in prop::collection::vec(0_u32..40, 0..40)) {
            lines.sort_unstable();
            let expect: Vec<(usize, usize)> = (0..lines.len()).map(|at| (at, at)).collect();
            prop_assert_eq!(pair_nearest(&lines, &lines, u32::MAX), expect);
        }
    }
}
