//! Tests of infra.
