/*
 * As much of React Native's declarations as the recipes use.
 */

export declare const AppState: {
  addEventListener(type: 'change', listener: (state: 'active' | 'background' | 'inactive') => void): unknown;
};
