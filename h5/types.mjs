// Writes the types of the API from its description. `npm run types` does it before every build, so the pages cannot drift.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const description = JSON.parse(readFileSync(process.env.OPENAPI ?? here('../tests/it/http/openapi.json'), 'utf8'))

// Handlers of different domains share names such as `list`; without names each call has types of its own.
for (const calls of Object.values(description.paths)) for (const call of Object.values(calls)) delete call.operationId

writeFileSync(here('./src/ui/api/schema.d.ts'), astToString(await openapiTS(description, { defaultNonNullable: false })))
