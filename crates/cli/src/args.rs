//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::context::Context;
use crate::exit;
use crate::plans::Plans;
use crate::wait::Patience;

/// Where tables, figures and the cache go unless `--out` says otherwise.
pub const DEFAULT_OUT: &str = "target/bumpnet";

#[derive(Parser)]
#[command(
    version = crate::version::VERSION,
    about = "Write the function down; get a neural network that is proven right.",
    long_about = "bumpnet reads YAML specs with a symbolic target, constructs (never trains) a sigmoid network for it,\n\
                  proves how far the two can be apart, and gates that error in CI.",
    after_help = "Start with:\n  {bin} new specs/my-function    # a spec to edit\n  {bin} compile specs/           # construct, prove, print the errors\n  {bin} check specs/ --bless     # accept these errors; without --bless, compare with them\n\nExit codes: 0 clean; 1 an error that has grown, or a gate or max_error that is not met;\n2 wrong usage or input; 3 `check` has no lock; 130 interrupted.",
    subcommand_required = true,
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Construct the networks of specs and print their errors
    #[command(
        after_help = "Examples:\n  {bin} compile specs/\n  {bin} compile specs/ --format json > errors.jsonl\n\nEach network's weight table is OUT/<spec>/<network>.json.\nThe exit code is 1 where a gate or max_error is not met."
    )]
    Compile(Compile),
    /// Compare the networks of specs with what bumpnet.lock has accepted
    #[command(
        after_help = "Example:\n  {bin} check specs/            # exit code 1 if an error has grown\n  {bin} check specs/ --bless    # accept the errors of now\n\nbumpnet.lock stands beside the specs; commit it. The exit code is 3 where there is none yet."
    )]
    Check(Check),
    /// Prove a weight table's certificate anew, from the table alone
    #[command(
        after_help = "Example:\n  {bin} verify target/bumpnet/tavora/article.json --spec specs/article/tavora.yaml\n\nThe exit code is 1 where a certificate does not hold."
    )]
    Verify(Verify),
    /// Tell what has changed between two networks
    #[command(
        after_help = "Examples:\n  {bin} diff old.json new.json\n  {bin} diff HEAD~1:tables/gain.json tables/gain.json    # a table as it was at a revision\n\nThe exit code is 1 where something differs. Differences of the function are measured at points."
    )]
    Diff(Diff),
    /// Evaluate a network
    #[command(
        after_help = "Examples:\n  {bin} eval specs/article/tavora.yaml#ramp-64 --at 0.25,0.5\n  {bin} eval table.json --grid 1001 --target > values.csv\n  {bin} eval table.json --input points.npy --output values.npy\n  {bin} eval specs/several/franke.yaml#fine --at '0.1,0.2;0.3,0.4'\n\nAt points outside the domain the spec's `outside` says what the value is: the network's\nown (extend, the default), that at the nearest point of the domain (clamp), or NaN (nan)."
    )]
    Eval(Eval),
    /// Write a network as a file that another program runs: ONNX, NumPy, C, Rust and more
    #[command(
        after_help = "Examples:\n  {bin} export specs/article/tavora.yaml#article --format onnx -o article.onnx\n  {bin} export table.json --format c -o table.h\n\nEvery file says in its header or metadata what is proved of it: the bound, the target, the domain,\nthe digest of the weight table, and the program that wrote it. What a table says of itself is called\nstated, not proved; `{bin} verify TABLE` proves it."
    )]
    Export(Export),
    /// Draw a network against its target, its bumps and its error
    #[command(
        after_help = "Examples:\n  {bin} plot specs/article/tavora.yaml#article --output article.svg\n  {bin} plot specs/several/franke.yaml#coarse --output franke.png\n  {bin} plot specs/several/chain.yaml#coarse --slice x1,x2 --through x3=0.5\n\nA network of two inputs is drawn as maps of target, network and error; one of more inputs as\nslices along each input through the place of the largest error, or with --slice as maps."
    )]
    Plot(Plot),
    /// Compare how the proved errors of the methods fall as networks grow
    #[command(after_help = "Example:\n  {bin} study specs/article/tavora.yaml --neurons 8,32,128 --output study.svg")]
    Study(Study),
    /// Write all networks into one HTML page: curves, bumps, weights, certificates
    #[command(
        after_help = "Examples:\n  {bin} report specs/ -o target/report.html\n  {bin} report specs/article/tavora.yaml#article table.json -o two.html\n\nThe page loads nothing and needs no server. A slider goes over the networks of a spec and, for\nbumps, smooth and graded, over a ladder of smaller ones made for the page, which the cache keeps.\nThe exit code is that of compile; where something is refused, no page is written."
    )]
    Report(Report),
    /// Tell how fast a network is on this machine
    #[command(
        after_help = "Example:\n  {bin} time specs/article/tavora.yaml#article --format json\n\nAll figures are points a second over the same random points: `copy` copies the points,\n`lookup` looks each up in a table with as many entries as the plan has pieces, `native` is\nthe target, by std's functions where it is one of a few and else by the interpreter\n(`native_is`), `plan` is the network's plan, `direct` its sum as it stands. They take turns,\nand the quickest turn of each counts. With --threads all of them are shared out."
    )]
    Time(Time),
    /// Tell how a spec was read and how its networks are built
    #[command(after_help = "Example:\n  {bin} explain specs/article/tavora.yaml#article")]
    Explain(Explain),
    /// Tell how a formula is read, where it is defined, and its range
    #[command(
        after_help = "Examples:\n  {bin} formula 'sin(x)/x'\n  {bin} formula 'sqrt(x-x^2)' --domain 'x=[0, 1]'\n\nWithout --domain the formula's own names are its inputs."
    )]
    Formula(Formula),
    /// Write a commented starter spec
    #[command(after_help = "Example:\n  {bin} new specs/my-function")]
    New(New),
    /// Try to refute bounds of random specs and weight tables, for some minutes
    #[command(after_help = "Example:\n  {bin} soak --minutes 10 --seed 7    # exit code 1 if a bound is wrong")]
    Soak(Soak),
    /// Print the JSON Schema of specs, for editors, or of a check's result
    #[command(after_help = "Examples:\n  {bin} schema > bumpnet.schema.json\n  {bin} schema check > check.schema.json")]
    Schema(Schema),
    /// Print a shell's completion script
    #[command(after_help = "Example:\n  {bin} completions bash > ~/.local/share/bash-completion/completions/bumpnet")]
    Completions(Completions),
    /// Write manual pages: one for the program, one for each command
    #[command(after_help = "Example:\n  {bin} man ~/.local/share/man/man1    # then: man bumpnet-compile")]
    Man(Man),
}

impl Command {
    /// How long to wait for the command's searches.
    pub fn patience(&self) -> Option<&Patience> {
        match self {
            Command::Compile(arguments) => Some(&arguments.patience),
            Command::Check(arguments) => Some(&arguments.patience),
            Command::Verify(arguments) => Some(&arguments.patience),
            Command::Diff(arguments) => Some(&arguments.patience),
            Command::Eval(arguments) => Some(&arguments.patience),
            Command::Export(arguments) => Some(&arguments.patience),
            Command::Plot(arguments) => Some(&arguments.patience),
            Command::Study(arguments) => Some(&arguments.patience),
            Command::Report(arguments) => Some(&arguments.patience),
            Command::Time(arguments) => Some(&arguments.patience),
            Command::Explain(arguments) => Some(&arguments.patience),
            Command::Formula(_) | Command::New(_) | Command::Soak(_) => None,
            Command::Schema(_) | Command::Completions(_) | Command::Man(_) => None,
        }
    }
}

#[derive(Args)]
pub struct Compile {
    /// Spec files, and folders that are searched for *.yaml and *.yml
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Folder for the weight tables and the cache
    #[arg(long, value_name = "DIR", default_value = DEFAULT_OUT)]
    pub out: PathBuf,
    /// Build every network with this many bumps (those with given edges or heights keep theirs)
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub resolution: Option<u32>,
    /// What to print on standard output: a table for people, or a JSON object a line
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Threads to use; all cores by default
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Compile again what has not changed
    #[arg(long)]
    pub force: bool,
    /// Keep each proof's cover beside the table, NAME.cover, with which `verify` needs no search
    #[arg(long)]
    pub cover: bool,
    #[command(flatten)]
    pub patience: Patience,
}

#[derive(Args)]
pub struct Check {
    /// Spec files, and folders that are searched for *.yaml and *.yml
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Accept the errors of now: write bumpnet.lock
    #[arg(long, conflicts_with_all = ["only_changed", "partition"])]
    pub bless: bool,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t = CheckFormat::Table)]
    pub format: CheckFormat,
    /// Leave out networks whose record in the cache, by this very build, is what the lock says and keeps to the spec
    #[arg(long)]
    pub only_changed: bool,
    /// Check only part I of N of all networks: the same on every machine, each network in one part
    #[arg(long, value_name = "I/N", value_parser = partition)]
    pub partition: Option<Partition>,
    /// Folder of the cache
    #[arg(long, value_name = "DIR", default_value = DEFAULT_OUT)]
    pub out: PathBuf,
    /// Threads to use; all cores by default
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    #[command(flatten)]
    pub patience: Patience,
}

/// How `check` prints what it has found.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// A table for people
    Table,
    /// One JSON object
    Json,
    /// JUnit's XML: a suite for each spec, a case for each network
    Junit,
    /// SARIF 2.1.0: a result for each network that is not as accepted
    Sarif,
    /// Annotations of GitHub Actions, on the spec's line
    Github,
    /// A job summary
    Markdown,
}

/// A part of all networks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Partition {
    /// Which, from 1.
    pub part: usize,
    /// Of how many.
    pub parts: usize,
}

fn partition(text: &str) -> Result<Partition, String> {
    let parsed = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match parsed {
        Some((part, parts)) if (1..=parts).contains(&part) => Ok(Partition { part, parts }),
        _ => Err("a part and how many there are, such as 1/4".to_owned()),
    }
}

#[derive(Args)]
pub struct Verify {
    /// A weight table (.json)
    pub table: PathBuf,
    /// Also check that the table is for this spec's target and domain
    #[arg(long, value_name = "FILE")]
    pub spec: Option<PathBuf>,
    /// Search for the proof even if a cover is beside the table
    #[arg(long)]
    pub no_cover: bool,
    #[command(flatten)]
    pub patience: Patience,
}

#[derive(Args)]
pub struct Diff {
    /// The network before: a weight table, a network of a spec, or a table at a git revision
    #[arg(value_name = "TABLE|SPEC#NETWORK|REVISION:TABLE")]
    pub old: String,
    /// The network after: the same
    #[arg(value_name = "TABLE|SPEC#NETWORK|REVISION:TABLE")]
    pub new: String,
    #[command(flatten)]
    pub patience: Patience,
}

#[derive(Args)]
#[command(group = clap::ArgGroup::new("points").required(true))]
pub struct Eval {
    /// A weight table (.json), or one network of a spec: FILE.yaml#NETWORK
    #[arg(value_name = "TABLE|SPEC#NETWORK")]
    pub network: String,
    /// Points, separated by commas; of several inputs by semicolons, as in 0.1,0.2;0.3,0.4. Constant expressions such as
    /// pi/4 are fine
    #[arg(long, group = "points", value_name = "X,...", allow_hyphen_values = true)]
    pub at: Option<String>,
    /// This many equally spaced points over the domain, both ends included; of several inputs on each axis, the last one
    /// fastest
    #[arg(long, group = "points", value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub grid: Option<u64>,
    /// A file of points: .csv (header optional), .npy, .parquet (where built in), or - for CSV on standard input. One
    /// column for each input: those that a header names; without a header no others
    #[arg(long, group = "points", value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Where to write: .csv, .npy or .parquet; CSV on standard output by default
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Sum the network's units point by point, as --at does, instead of looking values up in its plan
    #[arg(long, conflicts_with_all = ["f32", "plan_share"])]
    pub direct: bool,
    /// Look values up in a plan in binary32, at points rounded to binary32: one input only
    #[arg(long)]
    pub f32: bool,
    /// Print the target and the error beside the network's value
    #[arg(long)]
    pub target: bool,
    #[command(flatten)]
    pub plans: Plans,
    #[command(flatten)]
    pub patience: Patience,
}

#[derive(Args)]
pub struct Export {
    /// A weight table (.json), or one network of a spec: FILE.yaml#NETWORK
    #[arg(value_name = "TABLE|SPEC#NETWORK")]
    pub network: String,
    /// What to write
    #[arg(long, value_enum)]
    pub format: ExportFormat,
    /// Where to write; standard output by default
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// With --format c: integers in and out instead of binary64, with a bound of their own; one input only
    #[arg(long, value_enum, value_name = "WIDTH")]
    pub fixed: Option<FixedWidth>,
    /// Round weights and biases to this precision and prove the bound anew; the network's own by default
    #[arg(long, value_enum)]
    pub precision: Option<ExportPrecision>,
    #[command(flatten)]
    pub plans: Plans,
    #[command(flatten)]
    pub patience: Patience,
}

/// What a network is exported as.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A graph for ONNX Runtime, opset 17
    Onnx,
    /// The arrays, for the package of that name
    Safetensors,
    /// The arrays, for NumPy
    Npz,
    /// A line for each weight and bias
    Csv,
    /// A C99 header with a function, no libm: of one input by the network's table, of several by its sum
    C,
    /// The same as a Rust module for `no_std`
    Rust,
    /// Queries about the network, cell by cell, in VNN-LIB 1.0; goes with the file of `onnx`
    Vnnlib,
    /// One query about network and target in VNN-LIB 2.0, and both as ONNX beside it: three files, -o needed
    Vnnlib2,
    /// A script with which Sollya re-checks the bound; one input only
    Sollya,
    /// A picture's description, for Graphviz
    Dot,
}

/// The integers of fixed point.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FixedWidth {
    /// 16 bits; the bound is proved input by input
    Int16,
    /// 32 bits
    Int32,
}

/// The precision of exported numbers.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportPrecision {
    /// binary64
    F64,
    /// binary32
    F32,
}

#[derive(Args)]
pub struct Plot {
    /// A weight table (.json), a spec (all its networks), or one of them: FILE.yaml#NETWORK
    #[arg(value_name = "TABLE|SPEC|SPEC#NETWORK")]
    pub network: String,
    /// Where to write: .svg or .png; OUT/<spec>/<network>.svg by default
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Of several inputs: the two that a map is over, or the one that a curve is along; the others stay
    #[arg(long, value_name = "INPUT[,INPUT]")]
    pub slice: Option<String>,
    /// Of several inputs: the point that slices go through, or where the others stay; without a value an input is where
    /// the proof found the largest error. Constant expressions such as pi/4 are fine
    #[arg(long, value_name = "INPUT=X,...")]
    pub through: Option<String>,
    /// Folder for figures without --output
    #[arg(long, value_name = "DIR", default_value = DEFAULT_OUT)]
    pub out: PathBuf,
    #[command(flatten)]
    pub patience: Patience,
}

#[derive(Args)]
pub struct Study {
    /// A spec; only its target and domain count, its networks and gates do not
    pub spec: PathBuf,
    /// The methods to compare, separated by commas
    #[arg(
        long,
        value_enum,
        value_name = "METHOD,...",
        value_delimiter = ',',
        default_value = "bumps,optimal,ramp,smooth,graded"
    )]
    pub methods: Vec<StudyMethod>,
    /// The numbers of neurons, separated by commas
    #[arg(long, value_name = "N,...", value_delimiter = ',', default_value = "8,16,32,64,128,256", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=999_999))]
    pub neurons: Vec<u32>,
    /// What to print on standard output: a table for people, or a JSON object a line
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Where to draw: .svg or .png; OUT/<spec>/study.svg by default
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Folder for the figure without --output
    #[arg(long, value_name = "DIR", default_value = DEFAULT_OUT)]
    pub out: PathBuf,
    #[command(flatten)]
    pub patience: Patience,
}

/// A method of the study.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StudyMethod {
    /// Jumps between equal cells, each with the target's value in its middle
    Bumps,
    /// Jumps placed so that the error is as small as their number allows
    Optimal,
    /// Ramps placed so that the error is small: a polygon
    Ramp,
    /// Equally spaced logistic steps that overlap
    Smooth,
    /// Logistic steps on a dyadic tree
    Graded,
}

#[derive(Args)]
pub struct Report {
    /// Spec files, single networks of them, folders that are searched for *.yaml and *.yml, and weight tables (.json)
    #[arg(required = true, value_name = "SPEC|SPEC#NETWORK|FOLDER|TABLE")]
    pub paths: Vec<String>,
    /// Where to write: .html; OUT/report.html by default
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Folder for the weight tables and the cache
    #[arg(long, value_name = "DIR", default_value = DEFAULT_OUT)]
    pub out: PathBuf,
    /// Threads to use; all cores by default
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    #[command(flatten)]
    pub patience: Patience,
}

#[derive(Args)]
pub struct Time {
    /// A weight table (.json), or one network of a spec: FILE.yaml#NETWORK
    #[arg(value_name = "TABLE|SPEC#NETWORK")]
    pub network: String,
    /// Random points in the domain; where they do not fit in the caches, memory decides
    #[arg(long, value_name = "N", default_value_t = 1_000_000, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    pub points: u32,
    /// Threads to use
    #[arg(long, value_name = "T", default_value_t = 1, allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: u16,
    /// What to print on standard output: a table for people, or one JSON object
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Time a plan in binary32 beside the others: one input only
    #[arg(long)]
    pub f32: bool,
    #[command(flatten)]
    pub plans: Plans,
    #[command(flatten)]
    pub patience: Patience,
}

#[derive(Args)]
pub struct Explain {
    /// A spec, or one network of it: FILE.yaml#NETWORK
    #[arg(value_name = "SPEC|SPEC#NETWORK")]
    pub spec: String,
    #[command(flatten)]
    pub plans: Plans,
    #[command(flatten)]
    pub patience: Patience,
}

#[derive(Args)]
pub struct Formula {
    /// The formula, as it would stand behind `target:`
    #[arg(allow_hyphen_values = true)]
    pub formula: String,
    /// The inputs and their ranges; the ends may be constant expressions such as pi/4
    #[arg(long, value_name = "INPUT=[LOWER,UPPER],...")]
    pub domain: Option<String>,
}

#[derive(Args)]
pub struct New {
    /// The spec's name, with a folder if you like: specs/my-function writes specs/my-function.yaml
    pub name: PathBuf,
}

#[derive(Args)]
pub struct Soak {
    /// How many minutes to go on
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = minutes)]
    pub minutes: f64,
    /// Another seed tries other targets and tables
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
}

fn minutes(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(minutes) if (0.0..=1e6).contains(&minutes) => Ok(minutes),
        _ => Err("a number of minutes, such as 10 or 0.5".to_owned()),
    }
}

#[derive(Args)]
pub struct Schema {
    /// What the schema describes
    #[arg(value_enum, value_name = "WHAT", default_value_t = SchemaOf::Spec)]
    pub of: SchemaOf,
}

/// What has a schema.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// Spec files
    Spec,
    /// The output of `check --format json`
    Check,
}

#[derive(Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

#[derive(Args)]
pub struct Man {
    /// Folder for the pages
    #[arg(value_name = "DIR", default_value = "target/bumpnet/man")]
    pub out: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people
    Table,
    /// One JSON object per network and line
    Json,
}

/// The command line with the examples in the user's own words.
pub fn command(name: &'static str) -> clap::Command {
    let named = |command: clap::Command| {
        let help = command.get_after_help().map(|help| help.to_string().replace("{bin}", name)).unwrap_or_default();
        command.after_help(help)
    };
    let mut command = named(Cli::command().name(name).bin_name(name));
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for sub in names {
        command = command.mut_subcommand(sub, named);
    }
    command
}

/// Reads the arguments. Help and usage errors are printed here; the result is then the exit code.
pub fn parse(arguments: Vec<OsString>, context: &mut Context<'_>) -> Result<Command, u8> {
    use bumpnet_ir::text::{printed, printed_in_colour, visible};
    use clap::FromArgMatches;
    let parsed = |arguments: Vec<OsString>| {
        let full = std::iter::once(OsString::from(context.name)).chain(arguments);
        command(context.name).try_get_matches_from(full).and_then(|m| Cli::from_arg_matches(&m))
    };
    let shown = arguments.iter().map(|argument| visible(&argument.to_string_lossy()).into()).collect();
    parsed(arguments).map(|cli| cli.command).map_err(|error| {
        // The error quotes arguments: those that are not seen as they are, with escapes.
        let error = parsed(shown).err().unwrap_or(error);
        let text = if context.terminal { error.render().ansi().to_string() } else { error.render().to_string() };
        let text = if context.terminal { printed_in_colour(&text) } else { printed(&text) };
        let stream = if error.use_stderr() { &mut context.err } else { &mut context.out };
        let _ = write!(stream, "{text}").and_then(|()| stream.flush()); // nowhere left to report to
        if error.use_stderr() { exit::USAGE } else { exit::CLEAN }
    })
}
