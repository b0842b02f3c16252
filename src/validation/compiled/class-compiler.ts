import type { LibraryOptions } from '../library-options';
import { runTransformer } from '../run-transformer';
import type { Checker } from './checker-functions';
import { generateChecker, generateOwnChecker, type OwnChecker } from './generate-checker';
import { generateMaker, type Stripped, type Undeclared } from './generate-maker';
import { giveUp, NotCompilable, rethrowFinal } from './give-up';
import type { Maker } from './payload-values';
import { readsNested } from './reads-nested';
import type { SampledField } from './sample-payloads';
import { transformPlan, type TransformPlan } from './transform-plan';
import type { Class } from './transformer-metadata';
import { checkedProperties, rulesOf, type PropertyRules } from './validator-metadata';

/** Compiles a class, and the classes nested in it; a class may be nested in itself. */
export class ClassCompiler {
  /** Set by makers that leave out what class-validator would strip. */
  readonly stripped: Stripped = { anything: false };
  /** Whether a constraint of a compiled class reads nested instances, which are not stripped when it does. */
  readsNested = false;
  private readonly undeclared: Undeclared;
  private readonly makers = new Map<Undeclared, Map<Class, Maker>>();
  private readonly keepingMakers = new Map<Class, Maker>();
  private readonly checkers = new Map<Class, Checker>();
  private readonly rules = new Map<Class, readonly PropertyRules[]>();

  constructor(private readonly options: LibraryOptions) {
    const { whitelist, forbidNonWhitelisted } = options;
    this.undeclared = whitelist ? (forbidNonWhitelisted ? 'refuse' : 'strip') : 'keep';
  }

  /**
   * Compiles what makes instances of a class, and gives up if it is not sure.
   *
   * @throws NotCompilable if that class or a nested one is not compiled
   */
  maker(type: Class): Maker {
    return this.strictMaker(type, this.undeclared, true);
  }

  /**
   * Compiles what makes instances of a class as class-transformer does, with nothing stripped. An object of which the
   * compiled code is not sure is left to class-transformer. If the class or a nested one is not compiled, all are.
   */
  makerForLibrary(type: Class): Maker['make'] {
    const byLibrary: Maker['make'] = (payload, work) => runTransformer(type, payload, this.options, work);
    try {
      const maker = this.keepingMaker(type);
      return (payload, work) =>
        payload instanceof Map ? byLibrary(payload, work) : maker.make(payload, work);
    } catch {
      // Code of the application must not be called again, as it would be if the object around were left to the library.
      return byLibrary;
    }
  }

  /**
   * Compiles what checks instances of a class.
   *
   * @throws NotCompilable if that class or a nested one is not compiled
   */
  checker(type: Class): Checker {
    const known = this.checkers.get(type);
    if (known) return known;
    const checker: Checker = { check: giveUp };
    this.checkers.set(type, checker);
    const rules = this.rulesOf(type);
    this.readsNested ||= rules.some(readsNested);
    const { fields, exposed } = this.plan(type, namesOf(rules));
    checker.check = generateChecker(type, rules, {
      options: this.options,
      stripped: this.stripped,
      checkerOf: (property) => {
        const inner = [...fields, ...exposed].find((field) => field.property === property)?.type.class;
        return inner && this.checker(inner);
      },
    });
    return checker;
  }

  /**
   * Compiles what checks an instance of a class without the instances in it.
   *
   * @throws NotCompilable if that class is not compiled
   */
  ownChecker(type: Class): OwnChecker {
    return generateOwnChecker(type, this.rulesOf(type), this.options);
  }

  /** Returns the properties of a class as far as they are compiled. */
  fieldsOf(type: Class): SampledField[] {
    const rules = orNone(() => this.rulesOf(type));
    return orNone(() => {
      const { fields, exposed } = this.plan(type, namesOf(rules));
      return [...fields, ...exposed].map((plan) => ({
        plan,
        rules: rules.find(({ name }) => name === plan.property),
      }));
    });
  }

  /** @throws NotCompilable if that class or a nested one is not compiled */
  private keepingMaker(type: Class): Maker {
    const known = this.keepingMakers.get(type);
    if (known) return known;
    const maker: Maker = { make: giveUp };
    this.keepingMakers.set(type, maker);
    const make = generateMaker(this.plan(type, checkedProperties(type, this.options)), {
      undeclared: 'keep',
      declared: new Set(),
      stripped: this.stripped,
      options: this.options,
      makerOf: ({ type: { class: inner } }) => this.keepingMaker(inner as Class),
    });
    maker.make = (payload, work) => {
      try {
        return make(payload, work);
      } catch (thrown) {
        rethrowFinal(thrown);
        // Inside of a payload class-transformer keeps a Map, and a class made of one on its own would be another.
        if (payload instanceof Map) throw thrown;
        return runTransformer(type, payload, this.options, work);
      }
    };
    return maker;
  }

  /** @param undeclared `'keep'` also if the instance will not be checked: then nothing is stripped from it */
  private strictMaker(type: Class, undeclared: Undeclared, isChecked: boolean): Maker {
    const makers = this.makers.get(undeclared) ?? new Map<Class, Maker>();
    this.makers.set(undeclared, makers);
    const known = makers.get(type);
    if (known) return known;
    const maker: Maker = { make: giveUp };
    makers.set(type, maker);
    const rules = isChecked ? this.rulesOf(type) : [];
    maker.make = generateMaker(this.plan(type, namesOf(rules)), {
      undeclared,
      declared: new Set(namesOf(rules)),
      stripped: this.stripped,
      options: this.options,
      makerOf: ({ property, type: { class: inner } }) => {
        const isInnerChecked = rules.some(({ name, nested }) => name === property && nested.length > 0);
        return this.strictMaker(inner as Class, isInnerChecked ? undeclared : 'keep', isInnerChecked);
      },
    });
    return maker;
  }

  private plan(type: Class, checked: readonly string[]): TransformPlan {
    const { enableCircularCheck, targetMaps, excludePrefixes, ignoreDecorators, excludeExtraneousValues } =
      this.options;
    if (
      enableCircularCheck ||
      targetMaps ||
      excludePrefixes?.length ||
      (ignoreDecorators && excludeExtraneousValues)
    )
      throw new NotCompilable('an option makes more of a payload than its class says');
    return transformPlan(type, checked, this.options);
  }

  private rulesOf(type: Class): readonly PropertyRules[] {
    const rules = this.rules.get(type) ?? rulesOf(type, this.options);
    this.rules.set(type, rules);
    return rules;
  }
}

function namesOf(rules: readonly PropertyRules[]): string[] {
  return rules.map(({ name }) => name);
}

function orNone<Item>(find: () => Item[]): Item[];
function orNone<Item>(find: () => readonly Item[]): readonly Item[];
function orNone<Item>(find: () => readonly Item[]): readonly Item[] {
  try {
    return find();
  } catch {
    return [];
  }
}
