import type { ValidationOptions } from '../../types';
import { libraryOptions, type LibraryOptions } from '../library-options';
import { runTransformer } from '../run-transformer';
import type { OwnCheck } from '../run-validator';
import type { WorkBudget } from '../../plan/body-check';
import { ClassCompiler } from './class-compiler';
import type { Checker } from './checker-functions';
import type { OwnChecker } from './generate-checker';
import { rethrowFinal } from './give-up';
import type { Maker } from './payload-values';
import { findDisagreement, type ComparedFunctions } from './sample-check';
import { samplePayloads } from './sample-payloads';
import type { Class } from './transformer-metadata';
import { checkedProperties, NotBuiltIn } from './validator-metadata';

/** The compiled functions of a class under given options. They throw `PayloadTooLarge` if the budget is used up. */
export interface CompiledClass extends ComparedFunctions {
  /** Returns a check that saves class-validator from looking at valid objects. */
  ownCheck(work: WorkBudget): OwnCheck | undefined;
}

const compiledClasses = new WeakMap<ValidationOptions, WeakMap<Class, CompiledClass>>();

/** Returns what is compiled of a class under these options. It is compiled once. */
export function compiledClassOf(type: Class, options: ValidationOptions): CompiledClass {
  let ofOptions = compiledClasses.get(options);
  if (!ofOptions) compiledClasses.set(options, (ofOptions = new WeakMap()));
  let compiled = ofOptions.get(type);
  if (!compiled) ofOptions.set(type, (compiled = compile(type, options)));
  return compiled;
}

function compile(type: Class, options: ValidationOptions): CompiledClass {
  const forLibraries = libraryOptions(options);
  if (options.compiled === false) return leftToLibraries(type, forLibraries);
  const compiled = compileClass(type, forLibraries);
  return isTrusted(type, forLibraries, compiled) ? compiled : leftToLibraries(type, forLibraries);
}

/**
 * Compares the compiled code with the libraries, and warns if they do not agree: another version of them, or a patch of
 * the application, may do something else with a payload. A class that calls code of the application is not compared.
 */
function isTrusted(type: Class, options: LibraryOptions, compiled: CompiledClass): boolean {
  const sample = findDisagreement(type, options, compiled);
  if (!sample) return true;
  process.emitWarning(
    `The compiled validation of the class ${type.name} does not agree with class-validator and class-transformer ` +
      `about ${JSON.stringify(sample)}. Its payloads are left to the libraries, as with \`compiled: false\`. ` +
      'Please report this, with the versions of both libraries.',
    { type: 'ValidationWarning', code: 'COMPILED_VALIDATION_DISAGREES' },
  );
  return false;
}

/** Returns a class of which nothing is compiled. */
function leftToLibraries(type: Class, options: LibraryOptions): CompiledClass {
  return {
    samples: () => [],
    accept: () => undefined,
    makeForLibrary: (payload, work) => runTransformer(type, payload, options, work),
    ownCheck: () => undefined,
  };
}

function compileClass(type: Class, options: LibraryOptions): CompiledClass {
  const compiler = new ClassCompiler(options);
  const { stripped } = compiler;
  let whole = compileWhole(compiler, type);
  const isWhole = whole !== undefined;
  let refused: { readonly payload: object; readonly instance: object | undefined } | undefined;
  let makeByClass: Maker['make'] | undefined;
  const ownCheckers = new WeakMap<object, OwnChecker | typeof NOT_COMPILED>();
  const compileOwn = (of: Class): OwnChecker | typeof NOT_COMPILED => {
    try {
      const checker = compiler.ownChecker(of);
      // If the class around is whole, this one has been compared with the libraries as a part of it.
      const isCompared = isWhole || checkedProperties(of, options).length === 0;
      return isCompared || isTrusted(of, options, compileClass(of, options)) ? checker : NOT_COMPILED;
    } catch {
      return NOT_COMPILED;
    }
  };
  return {
    samples: () => (whole ? samplePayloads(type, (of) => compiler.fieldsOf(of)) : []),
    accept(payload, work) {
      if (!whole) return undefined;
      let instance: object | undefined;
      try {
        stripped.anything = false;
        instance = whole.maker.make(payload, work);
        whole.checker.check(instance, work);
        return instance;
      } catch (thrown) {
        // If code of the application has thrown, it throws again when the libraries call it.
        rethrowFinal(thrown);
        if (thrown instanceof NotBuiltIn) whole = undefined;
        if (!(stripped.anything && compiler.readsNested)) refused = { payload, instance };
        return undefined;
      }
    },
    makeForLibrary(payload, work) {
      const { instance } = refused?.payload === payload ? refused : NOTHING_MADE;
      refused = undefined;
      if (instance) return instance;
      makeByClass ??= compiler.makerForLibrary(type);
      return makeByClass(payload, work);
    },
    ownCheck: (work) => (instance) => {
      const of: unknown = instance.constructor;
      if (typeof of !== 'function') return undefined;
      const checker = ownCheckers.get(of) ?? compileOwn(of as Class);
      ownCheckers.set(of, checker);
      if (checker === NOT_COMPILED) return undefined;
      try {
        return checker(instance, work);
      } catch (thrown) {
        rethrowFinal(thrown);
        if (thrown instanceof NotBuiltIn) ownCheckers.set(of, NOT_COMPILED);
        return undefined;
      }
    },
  };
}

const NOT_COMPILED = 'not compiled';
const NOTHING_MADE = { instance: undefined };

/** Returns what makes and checks instances of a class and of all nested ones; undefined if one of them is not compiled. */
function compileWhole(
  compiler: ClassCompiler,
  type: Class,
): { readonly maker: Maker; readonly checker: Checker } | undefined {
  try {
    return { maker: compiler.maker(type), checker: compiler.checker(type) };
  } catch {
    return undefined;
  }
}
