//! What every call may refuse, described once: handlers describe what is particular to them, and this adds what follows from
//! who may call, what is sent, and the edge around all of them.

use utoipa::openapi::{
    Content, OpenApi, Ref, RefOr, Response, ResponseBuilder,
    path::{Operation, ParameterIn},
};

/// How an error is written.
const PROBLEM: &str = "application/problem+json";

/// Completes the description of every call.
pub fn complete(api: &mut OpenApi) {
    for (path, item) in &mut api.paths.paths {
        let calls = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for call in calls.into_iter().flatten() {
            let wanted = refusals(path, call);
            let responses = &mut call.responses.responses;
            for (status, why) in wanted {
                responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(why)));
            }
            for (status, response) in responses {
                if let RefOr::T(response) = response
                    && status.starts_with(['4', '5'])
                {
                    as_problem(response);
                }
            }
        }
    }
}

/// With what a call may be refused, whatever it does.
fn refusals(path: &str, call: &Operation) -> Vec<(&'static str, &'static str)> {
    let given = |place: &ParameterIn| {
        let parameters = call.parameters.iter().flatten();
        parameters.filter(|one| matches!(one, RefOr::T(one) if one.parameter_in == *place)).count() > 0
    };
    let (brings, asks) = (call.request_body.is_some(), given(&ParameterIn::Query));
    let (named, keyed) = (given(&ParameterIn::Path), given(&ParameterIn::Header));
    let known = call.security.is_some();
    let all = [
        (brings || asks || keyed, "400", "What was sent cannot be read"),
        (known, "401", "Nobody who is known calls"),
        (known && path.starts_with("/api/admin/"), "403", "Whoever calls may not do this"),
        (named, "404", "There is no such thing"),
        (brings, "413", "What was sent is too large"),
        (brings || asks || keyed, "422", "A value breaks a rule, or the idempotency key belongs to another request"),
        (true, "429", "Whoever calls comes too often"),
    ];
    all.into_iter().filter(|(may, _, _)| *may).map(|(_, status, why)| (status, why)).collect()
}

fn problem(why: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(why).content(PROBLEM, content).build()
}

/// Errors are written under a name of their own (RFC 9457), which handlers need not repeat.
fn as_problem(response: &mut Response) {
    let content = std::mem::take(&mut response.content);
    response.content = content
        .into_iter()
        .map(|(kind, content)| (if kind == "application/json" { PROBLEM.to_owned() } else { kind }, content))
        .collect();
}
