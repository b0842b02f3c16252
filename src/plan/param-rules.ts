/*
 * Rules for the params of the gateway's own actions, in the words of Moleculer's validator, which uses them, too.
 */

/** A rule for one value. */
export interface ParamRule {
  readonly type: 'string' | 'number' | 'boolean' | 'array';
  /** The value may be missing, undefined or null. */
  readonly optional?: true;
  /** `false`: a string must not be empty. */
  readonly empty?: false;
  /** A number must be greater than 0. */
  readonly positive?: true;
  /** The least number. */
  readonly min?: number;
  /** The rule for each item of an array. */
  readonly items?: ParamRule;
}

/** The rules of the params of an action, by name. Of a list of rules, one must hold. */
export type ParamRules = Readonly<Record<string, ParamRule | readonly ParamRule[]>>;
