/*
 * As much of Vue's declarations as the recipes use.
 */

export interface Ref<T> {
  value: T;
}
export declare function ref<T>(value: T): Ref<T>;
export declare function onScopeDispose(end: () => void): void;
