//! `openmds completion`

use clap_complete::generate;
use clap_complete::shells::{Bash, Fish, Zsh};

use crate::{Failure, World};

/// Print what a shell needs to complete commands and flags
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds completion bash > ~/.local/share/bash-completion/completions/openmds
  openmds completion zsh > ~/.zfunc/_openmds
  openmds completion fish > ~/.config/fish/completions/openmds.fish

For zsh, the directory must be in fpath before compinit is called in ~/.zshrc.")]
pub struct Completion {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Completion {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut program = world.program.clone();
        let name = program.get_name().to_owned();
        let mut script = Vec::new();
        match self.shell {
            Shell::Bash => generate(Bash, &mut program, name, &mut script),
            Shell::Zsh => generate(Zsh, &mut program, name, &mut script),
            Shell::Fish => generate(Fish, &mut program, name, &mut script),
        }
        world.printer.data(&String::from_utf8_lossy(&script))
    }
}
