// Reads an OpenAPI document from stdin and says "valid VERSION", or what is wrong with it.
import { Validator } from '@seriousme/openapi-schema-validator';

let text = '';
for await (const part of process.stdin) text += part;
const validator = new Validator();
const result = await validator.validate(JSON.parse(text));
if (result.valid) {
  console.log(`valid ${validator.version}`);
} else {
  console.log(JSON.stringify(result.errors, null, 2));
  process.exitCode = 1;
}
