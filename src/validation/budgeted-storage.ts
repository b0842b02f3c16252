import { getMetadataStorage } from 'class-validator';
import type { WorkBudget } from '../plan/body-check';
import { constraintCost, costOfCall, type ConstraintCost } from './constraint-cost';
import { handleRejection } from './handle-rejection';
import type { Metadata } from './validation-executor';

type Constraint = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidatorConstraints']>[number];

/** Microseconds that class-validator takes itself for a property. */
const PER_PROPERTY = 3;

/** Returns class-validator's metadata, looked up once for a message, with constraints that announce their work. */
export function budgetedStorage(work: WorkBudget): object {
  const storage = getMetadataStorage();
  const byType = new Map<unknown, Metadata[]>();
  const grouped = new Map<unknown, Record<string, Metadata[]>>();
  const constraints = new Map<unknown, object[]>();
  return Object.assign(Object.create(storage) as object, {
    getTargetValidationMetadatas(...args: Parameters<typeof storage.getTargetValidationMetadatas>) {
      const found = once(byType, args[0], () => storage.getTargetValidationMetadatas(...args));
      work.spend(found.length * PER_PROPERTY);
      return found;
    },
    groupByPropertyName: (metadatas: Metadata[]) =>
      once(grouped, metadatas, () => storage.groupByPropertyName(metadatas)),
    getTargetValidatorConstraints: (type: never) =>
      once(constraints, type, () =>
        storage.getTargetValidatorConstraints(type).map((constraint) => budgetedConstraint(constraint, work)),
      ),
  });
}

function once<Key, Value>(known: Map<Key, Value>, key: Key, find: () => Value): Value {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = find()));
  return value;
}

// The instance comes from the container of the application, which may take long to find it.
function budgetedConstraint(metadata: Constraint, work: WorkBudget): object {
  let instance: object | undefined;
  return Object.create(metadata, {
    instance: { get: () => (instance ??= budgetedInstance(metadata.instance, metadata.name, work)) },
  }) as object;
}

function budgetedInstance(constraint: Constraint['instance'], name: string, work: WorkBudget): object {
  let cost: ConstraintCost | undefined;
  return {
    validate(...args: Parameters<typeof constraint.validate>) {
      cost ??= constraintCost(name, args[1]?.constraints as unknown[] | undefined);
      work.spend(costOfCall(cost, args[0]));
      const result = constraint.validate(...args);
      handleRejection(result);
      return result;
    },
    defaultMessage: constraint.defaultMessage?.bind(constraint),
  };
}
