// The game of life: arrays, loops, state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Cell {
    Dead,
    Alive,
}
#[derive(Clone)]
struct Universe {
    width: usize,
    height: usize,
    cells: Vec<Cell>,
    generation: u32,
}
impl Universe {
    fn empty(width: usize, height: usize) -> Universe {
        Universe { width, height, cells: vec![Cell::Dead; width * height], generation: 0 }
    }
    fn index(&self, row: usize, column: usize) -> usize {
        row * self.width + column
    }
    fn settle(&mut self, places: &[(usize, usize)]) {
        for &(row, column) in places {
            let index = self.index(row, column);
            self.cells[index] = Cell::Alive;
        }
    }
    fn neighbours(&self, row: usize, column: usize) -> u8 {
        let mut count = 0;
        for down in [self.height - 1, 0, 1] {
            for across in [self.width - 1, 0, 1] {
                if down == 0 && across == 0 {
                    continue;
                }
                let index = self.index((row + down) % self.height, (column + across) % self.width);
                count += u8::from(self.cells[index] == Cell::Alive);
            }
        }
        count
    }
}
%%
impl Universe {
    fn tick(&mut self) {
        let mut following = self.cells.clone();
        for row in 0..self.height {
            for column in 0..self.width {
                let index = self.index(row, column);
                following[index] = match (self.cells[index], self.neighbours(row, column)) {
                    (Cell::Alive, 2 | 3) => Cell::Alive,
                    (Cell::Dead, 3) => Cell::Alive,
                    _ => Cell::Dead,
                };
            }
        }
        self.cells = following;
        self.generation += 1;
    }
    fn population(&self) -> usize {
        self.cells.iter().filter(|&&cell| cell == Cell::Alive).count()
    }
    fn render(&self) -> String {
        let mut picture = String::new();
        for line in self.cells.chunks(self.width) {
            for cell in line {
                picture.push(if *cell == Cell::Alive { '#' } else { '.' });
            }
            picture.push('\n');
        }
        picture
    }
}
%%
let mut universe = Universe::empty(6, 6);
universe.settle(&[(0, 1), (1, 2), (2, 0), (2, 1), (2, 2)]);
print!("{}", universe.render());
for _ in 0..4 {
    universe.tick();
}
println!("generation {}: {}", universe.generation, universe.population());
%%
let snapshot = universe.clone();
universe.tick();
let unchanged = snapshot.cells.iter().zip(&universe.cells).filter(|(before, after)| before == after).count();
let picture = snapshot.render();
let tallest = picture.lines().map(str::len).max().unwrap_or(0);
println!("{unchanged} {tallest} {}", snapshot.width * snapshot.height);
assert!(universe.population() > 0);
%%
let mut glider = [[false; 3]; 3];
glider[0][1] = true;
glider[2] = [true; 3];
let lit = glider.iter().flatten().filter(|&&lit| lit).count();
let rows: Vec<String> = glider.iter().map(|row| row.iter().map(|&lit| if lit { '#' } else { '.' }).collect()).collect();
println!("{lit} {}", rows.concat());
