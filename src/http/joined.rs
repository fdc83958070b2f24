//! Schemas that are joined with others (`allOf`): a schema that takes no fields but its own could not be joined with any,
//! and nothing at all would be as described. That unknown fields are refused stays so; only the description is wider.

use std::collections::BTreeSet;

use utoipa::openapi::{
    OpenApi, RefOr,
    schema::{AdditionalProperties, Schema},
};

/// Where a reference to a schema begins.
const SCHEMAS: &str = "#/components/schemas/";

/// Lets what is joined have the fields of the others.
pub fn open(api: &mut OpenApi) {
    let Some(components) = &mut api.components else { return };
    let mut joined = BTreeSet::new();
    for schema in components.schemas.values() {
        collect(schema, &mut joined);
    }
    for (_, schema) in components.schemas.iter_mut().filter(|(name, _)| joined.contains(name.as_str())) {
        if let RefOr::T(Schema::Object(object)) = schema
            && object.additional_properties.as_deref() == Some(&AdditionalProperties::FreeForm(false))
        {
            object.additional_properties = None;
        }
    }
}

/// The names of the schemas that are joined somewhere in this one.
fn collect(schema: &RefOr<Schema>, joined: &mut BTreeSet<String>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::AllOf(all) => {
            for item in &all.items {
                match item {
                    RefOr::Ref(other) => joined.extend(other.ref_location.strip_prefix(SCHEMAS).map(str::to_owned)),
                    part @ RefOr::T(_) => collect(part, joined),
                }
            }
        }
        Schema::OneOf(one) => one.items.iter().for_each(|item| collect(item, joined)),
        Schema::AnyOf(any) => any.items.iter().for_each(|item| collect(item, joined)),
        Schema::Object(object) => object.properties.values().for_each(|field| collect(field, joined)),
        _ => {}
    }
}
