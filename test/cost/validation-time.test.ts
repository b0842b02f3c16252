import { expect } from 'chai';
import { compileBody } from '../../src/validation/compile-body';
import { cpuTimeOf } from '../support/cpu-time';
import { LARGE_PAYLOADS } from '../validation/large-payloads';

describe('the validation of a payload of a megabyte takes 100 ms and ten times what parsing takes, at most', function () {
  this.timeout(60_000);

  for (const compiled of [true, false]) {
    for (const { title, type, json } of LARGE_PAYLOADS) {
      it(`${title}${compiled ? '' : ', by the libraries alone'}`, async () => {
        const check = compileBody(type, { whitelist: true, compiled }, (what) => {
          throw new Error(what);
        });
        const validate = async (payload: unknown): Promise<void> => {
          await Promise.resolve()
            .then(() => check?.(payload))
            .catch(() => undefined);
        };
        await validate({});
        const payload: unknown = JSON.parse(json);
        const parsing = await cpuTimeOf(() => JSON.parse(json) as unknown);
        // Twice as much, because the garbage of both is collected whenever it is.
        expect(await cpuTimeOf(() => validate(payload))).to.be.below(2 * (100 + 10 * parsing));
      });
    }
  }
});
