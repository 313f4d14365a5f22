//! Every kind of figure, drawn as SVG and, small, as pixels.

use std::hint::black_box;

use forward_pass::plot::{Picture, diagram, images};
use forward_pass::prelude::*;

use crate::draw::Draw;

pub fn figures(draw: &mut Draw) {
    let (x, y) = (draw.vector::<f64>(), draw.vector::<f64>());
    let (number, other, count) = (y.first().copied().unwrap_or(0.5), x.first().copied().unwrap_or(2.0), draw.size());
    let matrix = draw.matrix::<f64>();
    let (word, second) = (draw.word(), draw.word());
    let large = draw.one(&[0, 1, 11, usize::MAX]);
    draw.now("the kinds of figure");
    let kinds = [
        plot(&x, &y).label(word).color(word).linestyle(second).linewidth(number).marker(word).markersize(other),
        scatter(&x, &y).alpha(number).plot(&y, &x).scatter(&x, &x),
        bar(&x, &y).bar_label().bar(&y, &x),
        barh(&x, &y).bar_label().barh(&y, &x).bar(&x, &x),
        hist(&x, count).hist(&y, count).label(word),
        imshow(&matrix).cmap(word).clim(number, other).colorbar().imshow(&matrix),
        Figure::new().axhline(number).axvline(other).fill_between(&x, &y, &x).note(word),
        plot_softmax(&x),
        plot_digits(&matrix, &y),
        plot_step(),
        plot_sigmoid(),
        plot_relu(),
        diagram(&[count, large], &[word, second]),
        plot_product(&[(count, large), (large, 2), (draw.size(), 3)]),
        plot_regions(&Network::chapter(), number, other),
        imshow(&matrix).extent(number, other, other, number),
        images([Picture { columns: count, ink: x.to_vec(), name: word.into() }]),
    ];
    let plane = Network::xavier(&[2, 3, draw.one(&[1, 2, 5])], 1).unwrap();
    black_box(plot_regions(&plane, number, other).to_svg());
    let chosen = draw.below(kinds.len());
    let other_words = |text: &str| Some(format!("손실\n{text}"));
    black_box(kinds[draw.below(kinds.len())].clone().title(word).wording(other_words).to_svg());
    black_box(forward_pass::prelude::ko::plot_softmax(&x).title(word).to_svg());
    draw.now("the options of a figure");
    let figure = kinds[chosen].clone().title(word).xlabel(word).ylabel(second).xlim(number, other);
    let figure = figure.ylim(other, number).xscale(word).yscale(second).xticks(&x).yticks(&y).grid(count > 1);
    let figure = figure.legend(second).figsize(number.clamp(-1.0, 9.0), other.clamp(-1.0, 9.0));
    seen(draw, kinds[chosen].clone());
    seen(draw, figure);
    draw.now("subplots");
    let (rows, columns) = (draw.one(&[0, 1, 2, usize::MAX]), draw.one(&[0, 1, 3]));
    black_box(subplots(rows, columns, kinds.into_iter().take(count)).to_svg().len());
}

fn seen(draw: &mut Draw, figure: Figure) {
    draw.now("a figure's outputs");
    black_box((figure.to_svg().len(), figure.notes(), figure.to_string(), figure.size(), figure.cell_text()));
    let scale = draw.one(&[0.1, 0.0, -1.0, f64::NAN, 1e300]);
    black_box((figure.to_png(scale).is_ok(), figure.render(draw.one(&[0, 1, 40]), draw.one(&[0, 1, 30])).is_ok()));
    black_box((figure.save("/").is_ok(), figure.save("no-such-folder/a.gif").is_ok(), figure.check().is_ok()));
}
