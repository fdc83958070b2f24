//! How the schema of Huilian grew. Migrations write columns by name and never depend on `entity`.
