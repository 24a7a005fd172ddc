//! A tree of boxes over the edges of a zone, in the order in which they are drawn.
//!
//! # Decisions
//! Neighbours on a ring are neighbours on the ground, so the tree needs no sorting: a node is a run of
//! edges. One tree answers both questions, whether a point is inside and how far the boundary is, and a
//! query touches some twenty boxes of a thousand edges instead of all the edges twice.

use crate::domain::place::Point;

/// A straight piece of a boundary.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) a: Point,
    pub(super) b: Point,
    /// The edge that it is part of, counted through all rings from 0.
    pub(super) edge: u32,
}

/// How far the boundary is, and which edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nearest {
    pub(super) distance_m: f64,
    pub(super) edge: u32,
}

/// Distances that differ by less count as a tie, so that rounding on the way does not choose the edge.
const TIE_M: f64 = 0.001;
/// Children of a node, and segments of a leaf.
const FAN: usize = 8;

/// A box around a run of segments.
#[derive(Debug, Clone, Copy)]
struct Node {
    min: Point,
    max: Point,
    first_edge: u32,
}

/// The first level lies over the segments, each next one over the level before; the last has one node.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    segments: Vec<Segment>,
    levels: Vec<Vec<Node>>,
}

impl Tree {
    pub(super) fn over(segments: Vec<Segment>) -> Self {
        let mut levels: Vec<Vec<Node>> = vec![segments.chunks(FAN).map(Node::of_segments).collect()];
        while let Some(top) = levels.last().filter(|level| level.len() > 1) {
            let next = top.chunks(FAN).map(Node::of_nodes).collect();
            levels.push(next);
        }
        Self { segments, levels }
    }

    /// Whether `p` is inside, by the number of edges east of it: a hole's edges count like any other.
    pub(super) fn contains(&self, p: Point) -> bool {
        self.crossings(self.levels.len(), 0, p) % 2 == 1
    }

    /// The nearest edge; of several at the same distance, the lowest.
    pub(super) fn nearest(&self, p: Point) -> Option<Nearest> {
        let mut square = f64::INFINITY;
        self.closest(self.levels.len(), 0, p, &mut square);
        let distance_m = libm::sqrt(square);
        let limit = (distance_m + TIE_M) * (distance_m + TIE_M);
        let mut edge = u32::MAX;
        self.lowest_within(self.levels.len(), 0, (p, limit), &mut edge);
        distance_m.is_finite().then_some(Nearest { distance_m, edge })
    }

    /// The segments under node `at` of the first level.
    fn leaf(&self, at: usize) -> &[Segment] {
        self.segments.get(at * FAN..self.segments.len().min((at + 1) * FAN)).unwrap_or(&[])
    }

    /// The nodes of the level below `level` under its node `at`; of the level above the last, that one.
    fn children(&self, level: usize, at: usize) -> &[Node] {
        let nodes = level.checked_sub(1).and_then(|below| self.levels.get(below)).map_or(&[][..], Vec::as_slice);
        nodes.get(at * FAN..nodes.len().min((at + 1) * FAN)).unwrap_or(&[])
    }

    fn crossings(&self, level: usize, at: usize, p: Point) -> usize {
        if level == 0 {
            return self.leaf(at).iter().filter(|segment| segment.crosses_east_of(p)).count();
        }
        let reached = |node: &Node| node.min.y_m <= p.y_m && p.y_m < node.max.y_m && p.x_m <= node.max.x_m;
        let children = self.children(level, at).iter().enumerate();
        children.filter(|(_, node)| reached(node)).map(|(i, _)| self.crossings(level - 1, at * FAN + i, p)).sum()
    }

    fn closest(&self, level: usize, at: usize, p: Point, best: &mut f64) {
        if level == 0 {
            *best = self.leaf(at).iter().map(|segment| segment.square_to(p)).fold(*best, f64::min);
            return;
        }
        // The most promising child first, so that the others are mostly never opened.
        let children = self.children(level, at);
        let first =
            children.iter().enumerate().map(|(i, node)| (i, node.square_to(p))).min_by(|a, b| a.1.total_cmp(&b.1));
        let Some((first, bound)) = first else { return };
        if bound >= *best {
            return;
        }
        self.closest(level - 1, at * FAN + first, p, best);
        for (i, node) in children.iter().enumerate() {
            if i != first && node.square_to(p) < *best {
                self.closest(level - 1, at * FAN + i, p, best);
            }
        }
    }

    fn lowest_within(&self, level: usize, at: usize, (p, limit): (Point, f64), edge: &mut u32) {
        if level == 0 {
            let near = self.leaf(at).iter().find(|segment| segment.square_to(p) <= limit);
            *edge = near.map_or(*edge, |segment| segment.edge.min(*edge));
            return;
        }
        for (i, node) in self.children(level, at).iter().enumerate() {
            if node.first_edge < *edge && node.square_to(p) <= limit {
                self.lowest_within(level - 1, at * FAN + i, (p, limit), edge);
            }
        }
    }
}

impl Segment {
    /// Whether a ray from `p` to the east crosses it. A corner belongs to the edge above it alone.
    fn crosses_east_of(&self, p: Point) -> bool {
        let (a, b) = (self.a, self.b);
        (a.y_m > p.y_m) != (b.y_m > p.y_m) && p.x_m < a.x_m + (p.y_m - a.y_m) * (b.x_m - a.x_m) / (b.y_m - a.y_m)
    }

    /// The squared distance to `p`.
    fn square_to(&self, p: Point) -> f64 {
        let (dx, dy) = (self.b.x_m - self.a.x_m, self.b.y_m - self.a.y_m);
        let (px, py) = (p.x_m - self.a.x_m, p.y_m - self.a.y_m);
        let length = dx * dx + dy * dy;
        let along = if length > 0.0 { ((px * dx + py * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
        let (ex, ey) = (px - along * dx, py - along * dy);
        ex * ex + ey * ey
    }
}

impl Node {
    fn of_segments(run: &[Segment]) -> Self {
        let points = run.iter().flat_map(|segment| [segment.a, segment.b]);
        Self::around(points, run.iter().map(|segment| segment.edge))
    }

    fn of_nodes(run: &[Self]) -> Self {
        let points = run.iter().flat_map(|node| [node.min, node.max]);
        Self::around(points, run.iter().map(|node| node.first_edge))
    }

    fn around(points: impl Iterator<Item = Point>, edges: impl Iterator<Item = u32>) -> Self {
        let nowhere = Self {
            min: Point { x_m: f64::INFINITY, y_m: f64::INFINITY },
            max: Point { x_m: f64::NEG_INFINITY, y_m: f64::NEG_INFINITY },
            first_edge: edges.min().unwrap_or(u32::MAX),
        };
        points.fold(nowhere, |node, p| Self {
            min: Point { x_m: node.min.x_m.min(p.x_m), y_m: node.min.y_m.min(p.y_m) },
            max: Point { x_m: node.max.x_m.max(p.x_m), y_m: node.max.y_m.max(p.y_m) },
            ..node
        })
    }

    /// The squared distance to `p`, 0 within.
    fn square_to(&self, p: Point) -> f64 {
        let dx = (self.min.x_m - p.x_m).max(p.x_m - self.max.x_m).max(0.0);
        let dy = (self.min.y_m - p.y_m).max(p.y_m - self.max.y_m).max(0.0);
        dx * dx + dy * dy
    }
}
