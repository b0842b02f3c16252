import type { Report } from '../errors/run-safely';

/** The part of Moleculer's registry of metrics that counts. */
export interface CountingRegistry {
  increment(name: string, labels: object, value?: number): void;
  decrement(name: string, labels: object): void;
  observe(name: string, value: number, labels: object): void;
  set(name: string, value: number, labels: object): void;
}

/**
 * A registry whose methods never throw. Moleculer passes on what a reporter of the application throws, at moments when no
 * caller can handle it.
 */
export class SafeRegistry implements CountingRegistry {
  constructor(
    private readonly registry: CountingRegistry,
    private readonly report: Report,
  ) {}

  increment(name: string, labels: object, value?: number): void {
    try {
      this.registry.increment(name, labels, value);
    } catch (error) {
      this.failed(name, error);
    }
  }

  decrement(name: string, labels: object): void {
    try {
      this.registry.decrement(name, labels);
    } catch (error) {
      this.failed(name, error);
    }
  }

  observe(name: string, value: number, labels: object): void {
    try {
      this.registry.observe(name, value, labels);
    } catch (error) {
      this.failed(name, error);
    }
  }

  set(name: string, value: number, labels: object): void {
    try {
      this.registry.set(name, value, labels);
    } catch (error) {
      this.failed(name, error);
    }
  }

  private failed(name: string, error: unknown): void {
    this.report(`a reporter of metrics failed with '${name}'`, error);
  }
}
