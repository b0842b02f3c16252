import { plainToInstance, type ClassTransformOptions } from 'class-transformer';
import { PLAIN_TO_CLASS, transformerStorage, type Class } from './compiled/transformer-metadata';
import type { WorkBudget } from '../plan/body-check';
import { validationError } from './validation-error';
import { checkConvertible, conversionFailure, Inconvertible } from './inconvertible';

/*
 * `plainToInstance` of class-transformer, within a budget. This is the only file that uses the class in which
 * class-transformer does its work. Where a bundler hides that class, the payload is counted before the public function
 * is called.
 */

/** The class in which class-transformer does its work, as far as it is used here. */
interface Executor {
  /** Transforms one value, and calls itself for the values in it. */
  transform(
    source: unknown,
    value: unknown,
    type?: unknown,
    arrayType?: unknown,
    isMap?: boolean,
    level?: number,
  ): unknown;
}

type ExecutorClass = { readonly prototype: Executor } & (new (
  transformationType: number,
  options: ClassTransformOptions,
) => Executor);

/** Microseconds for a value: to find its type and its `@Expose`, and to copy it. */
const PER_VALUE = 2;
/** class-transformer compares each key of an object with each other one. */
const PER_PAIR_OF_KEYS = 0.002;

const budgeted = findExecutor();

/**
 * Makes an instance of a class.
 *
 * @throws PayloadTooLarge if that takes too long
 */
export function runTransformer(
  type: Class,
  payload: object,
  options: ClassTransformOptions,
  work: WorkBudget,
): object {
  if (budgeted) return budgeted(type, payload, options, work);
  work.spend(costOf(payload));
  return plainToInstance(type, payload, options);
}

/** Returns what one value costs, without the values in it. */
function costOfValue(value: unknown): number {
  return isObject(value) ? PER_VALUE + PER_PAIR_OF_KEYS * Object.keys(value).length ** 2 : PER_VALUE;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function costOf(payload: unknown): number {
  let cost = 0;
  const add = (value: unknown): void => {
    cost += costOfValue(value);
    if (Array.isArray(value)) for (const item of value) add(item);
    else if (isObject(value)) for (const item of Object.values(value)) add(item);
  };
  add(payload);
  return cost;
}

function findExecutor(): typeof runTransformer | undefined {
  // Without it, the files below are a second copy of class-transformer, for which no decorator has run.
  if (!transformerStorage) return undefined;
  try {
    /* eslint-disable @typescript-eslint/no-require-imports -- there may be no such files */
    const { TransformOperationExecutor } = require('class-transformer/cjs/TransformOperationExecutor') as {
      TransformOperationExecutor: ExecutorClass;
    };
    const { defaultOptions } = require('class-transformer/cjs/constants/default-options.constant') as {
      defaultOptions: ClassTransformOptions;
    };
    /* eslint-enable @typescript-eslint/no-require-imports */
    if (!('transform' in TransformOperationExecutor.prototype)) return undefined;
    return runnerOf(TransformOperationExecutor, defaultOptions);
  } catch {
    return undefined;
  }
}

function runnerOf(
  TransformOperationExecutor: ExecutorClass,
  defaultOptions: ClassTransformOptions,
): typeof runTransformer {
  class BudgetedExecutor extends TransformOperationExecutor {
    constructor(
      options: ClassTransformOptions,
      private readonly work: WorkBudget,
    ) {
      super(PLAIN_TO_CLASS, { ...defaultOptions, ...options });
    }

    override transform(...args: Parameters<Executor['transform']>): unknown {
      const [, value, type, , isMap] = args;
      this.work.spend(isMap ? PER_VALUE : costOfValue(value));
      try {
        if (!isMap) checkConvertible(value, type);
        return super.transform(...args);
      } catch (thrown) {
        const failure = isMap ? thrown : conversionFailure(thrown, value, type);
        if (failure instanceof Inconvertible) failure.isWithin(value);
        throw failure;
      }
    }
  }
  return (type, payload, options, work) => {
    try {
      return new BudgetedExecutor(options, work).transform(undefined, payload, type) as object;
    } catch (thrown) {
      throw thrown instanceof Inconvertible ? validationError([thrown.problem]) : thrown;
    }
  };
}
