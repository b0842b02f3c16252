/*
 * As much of React's declarations as the recipes use.
 */

export declare function useEffect(
  effect: () => undefined | (() => void),
  dependencies?: readonly unknown[],
): void;
export declare function useState<S>(initial: S): [S, (next: S | ((before: S) => S)) => void];
