import type { ValidationOptions } from '../../types';
import { generateChecker, type Checker } from './generate-checker';
import { generateMaker, type Stripped, type Undeclared } from './generate-maker';
import { giveUp, NotCompilable } from './give-up';
import type { Maker } from './payload-values';
import { transformPlan, type TransformPlan } from './transform-plan';
import type { Class } from './transformer-metadata';
import { NotBuiltIn, rulesOf, type PropertyRules } from './validator-metadata';

/**
 * Gives what `plainToInstance` and then `validate` make of a payload that is valid; undefined where the libraries must
 * be asked, because it may not be valid or is out of the ordinary.
 */
export type Acceptor = (payload: object) => object | undefined;

const acceptors = new WeakMap<ValidationOptions, WeakMap<Class, Acceptor>>();

/** The acceptor of a class under these options, compiled once. */
export function acceptorOf(type: Class, options: ValidationOptions): Acceptor {
  let ofOptions = acceptors.get(options);
  if (!ofOptions) acceptors.set(options, (ofOptions = new WeakMap()));
  let acceptor = ofOptions.get(type);
  if (!acceptor) ofOptions.set(type, (acceptor = compileAcceptor(type, options)));
  return acceptor;
}

function compileAcceptor(type: Class, options: ValidationOptions): Acceptor {
  try {
    const compiler = new ClassCompiler({ ...options });
    const maker = compiler.maker(type, compiler.undeclared);
    const checker = compiler.checker(type);
    return acceptor(maker, checker, compiler.stripped);
  } catch {
    // It throws on the user's class: the libraries will, too, or know better.
    return acceptNothing;
  }
}

function acceptNothing(): undefined {
  return undefined;
}

function acceptor(maker: Maker, checker: Checker, stripped: Stripped): Acceptor {
  let isBuiltIn = true;
  return (payload) => {
    if (!isBuiltIn) return undefined;
    try {
      stripped.anything = false;
      const instance = maker.make(payload);
      checker.check(instance);
      return instance;
    } catch (thrown) {
      // A throw of the user's code is thrown again when the libraries call it.
      if (thrown instanceof NotBuiltIn) isBuiltIn = false;
      return undefined;
    }
  };
}

/** Compiles a class, and the classes nested in it; a class may be nested in itself. */
class ClassCompiler {
  readonly undeclared: Undeclared;
  readonly stripped: Stripped = { anything: false };
  private readonly makers = new Map<Undeclared, Map<Class, Maker>>();
  private readonly checkers = new Map<Class, Checker>();
  private readonly rules = new Map<Class, readonly PropertyRules[]>();

  constructor(private readonly options: ValidationOptions) {
    const { whitelist, forbidNonWhitelisted } = options;
    this.undeclared = whitelist ? (forbidNonWhitelisted ? 'refuse' : 'strip') : 'keep';
    const { enableCircularCheck, targetMaps, excludePrefixes, ignoreDecorators, excludeExtraneousValues } =
      options;
    if (
      enableCircularCheck ||
      targetMaps ||
      excludePrefixes?.length ||
      (ignoreDecorators && excludeExtraneousValues)
    )
      throw new NotCompilable('an option makes more of a payload than its class says');
  }

  /**
   * @param undeclared `'keep'` also where the instance will not be checked: then nothing is stripped from it
   */
  maker(type: Class, undeclared: Undeclared, isChecked = true): Maker {
    const makers = this.makers.get(undeclared) ?? new Map<Class, Maker>();
    this.makers.set(undeclared, makers);
    const known = makers.get(type);
    if (known) return known;
    const maker: Maker = { make: giveUp };
    makers.set(type, maker);
    const rules = isChecked ? this.rulesOf(type) : [];
    maker.make = generateMaker(this.plan(type, rules), {
      undeclared,
      declared: new Set(rules.map(({ name }) => name)),
      stripped: this.stripped,
      options: this.options,
      makerOf: ({ property, type: { class: inner } }) => {
        const checksInner = rules.some((rule) => rule.name === property && rule.nested);
        return this.maker(inner as Class, checksInner ? undeclared : 'keep', checksInner);
      },
    });
    return maker;
  }

  checker(type: Class): Checker {
    const known = this.checkers.get(type);
    if (known) return known;
    const checker: Checker = { check: giveUp };
    this.checkers.set(type, checker);
    const rules = this.rulesOf(type);
    const { fields, exposed } = this.plan(type, rules);
    checker.check = generateChecker(
      type,
      rules,
      this.stripped,
      (property) => {
        const inner = [...fields, ...exposed].find((field) => field.property === property)?.type.class;
        return inner && this.checker(inner);
      },
      this.options,
    );
    return checker;
  }

  private plan(type: Class, rules: readonly PropertyRules[]): TransformPlan {
    return transformPlan(
      type,
      rules.map(({ name }) => name),
      this.options,
    );
  }

  private rulesOf(type: Class): readonly PropertyRules[] {
    const rules = this.rules.get(type) ?? rulesOf(type, this.options);
    this.rules.set(type, rules);
    return rules;
  }
}
