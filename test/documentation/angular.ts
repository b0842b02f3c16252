/*
 * As much of Angular's declarations as the recipes use.
 */

export interface WritableSignal<T> {
  (): T;
  update(change: (before: T) => T): void;
  asReadonly(): () => T;
}
export declare abstract class DestroyRef {
  abstract onDestroy(end: () => void): () => void;
}
export declare function inject<T>(token: abstract new () => T): T;
export declare function signal<T>(initial: T): WritableSignal<T>;
