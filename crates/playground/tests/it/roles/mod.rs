//! The ten predefined roles, as Kafka's own clients and librdkafka meet them at brokers that know nothing but the
//! server's bindings.

pub(crate) mod actions;
pub(crate) mod binding;
mod groups;
mod matrix;
mod revocation;
mod steps;
mod table;

pub(crate) use groups::groups_count_by_directory_and_by_token;
pub(crate) use revocation::revocation_stops_running_clients;
pub(crate) use steps::every_role_opens_to_clients_what_it_allows;
