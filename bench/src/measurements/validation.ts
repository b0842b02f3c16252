import { measureValidation } from '../measure/validation';
import { toTable } from '../results';
import { withBuilds } from '../variants';
import { fewer, specs, titles, variant, type Measurement } from './measurement';

const CHECKS = [
  variant('validation', 'libraries', 'class-transformer and class-validator'),
  variant('validation', 'gateway', 'gateway'),
  variant('validation', 'nest', "NestJS's ValidationPipe"),
  variant('validation', 'zod', 'zod, a schema of the same rules'),
];

export const VALIDATION: Measurement = {
  name: 'validation',
  async run({ rounds, validations, builds }) {
    const variants = withBuilds(CHECKS, builds);
    const samples = await measureValidation(specs(variants), fewer(rounds), validations);
    const head = { name: 'validation', title: 'Validation alone', unit: 'µs CPU per payload' };
    return [toTable(head, titles(variants), samples, ({ cpu }) => cpu)];
  },
};
