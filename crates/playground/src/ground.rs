//! What every part of a running playground needs to know.

use anyhow::Result;

use crate::blueprint::Blueprint;
use crate::fetch::Jars;
use crate::java::{ClassPath, Java};
use crate::layout::Layout;
use crate::programs::Programs;
use crate::progress::Progress;
use crate::versions::{self, Release};

/// Decided before anything starts, and unchanged while it runs.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) layout: Layout,
    pub(crate) blueprint: Blueprint,
    pub(crate) release: Release,
    pub(crate) java: Java,
    pub(crate) jars: Jars,
    pub(crate) programs: Programs,
    pub(crate) progress: Progress,
}

impl Ground {
    /// The class path of a node: Kafka's jars, then the plugin. The plugin comes last, since an
    /// archive of classes can only be used by a class path that begins like its own.
    pub(crate) fn node_class_path(&self) -> Result<ClassPath> {
        let plugin = if self.blueprint.plugin {
            vec![self.programs.plugin_jar.clone()]
        } else {
            Vec::new()
        };
        ClassPath::of(&self.jars.broker, &plugin)
    }

    /// The class path of the command line tools.
    pub(crate) fn tools_class_path(&self) -> Result<ClassPath> {
        ClassPath::of(&self.jars.tools, &[])
    }

    /// The release that this playground was made for.
    pub(crate) fn release_of(blueprint: &Blueprint) -> Result<Release> {
        versions::find(&blueprint.kafka)
    }
}
