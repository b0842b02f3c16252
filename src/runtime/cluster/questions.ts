import { boundedDelay } from '../errors/bounded-delay';
import { ClusterError } from './cluster-error';
import { DONE, expectValid, FAILED, isCount, MORE } from './wire';

/** The answers of nodes by node id. */
export type Answers<T> = ReadonlyMap<string, T>;

export interface QuestionOptions<T> {
  /** Reads the arguments of an answer. May throw. */
  readonly read: (args: readonly unknown[], node: string) => T;
  /** Takes an answer after which the node sends more. */
  readonly more?: (answer: T, node: string) => void;
  /** Called when a node has given its last answer, or will give none. */
  readonly done?: (node: string) => void;
  /** In milliseconds. */
  readonly timeout: number;
}

interface Question {
  readonly waiting: Set<string>;
  readonly answered: (node: string, state: number, args: readonly unknown[]) => void;
  readonly finish: (node: string) => void;
}

/** The questions of this node to others that are not yet answered. */
export class Questions {
  private lastId = 0;
  private readonly open = new Map<number, Question>();

  /**
   * Asks nodes.
   *
   * @param send sends the question to the nodes
   * @returns the answers, without those of nodes that have left or have nothing to say
   * @throws ClusterError `CLUSTER_TIMEOUT` or `CLUSTER_ANSWER_FAILED`, with the answers of the other nodes
   */
  ask<T>(
    nodes: readonly string[],
    send: (id: number) => void,
    options: QuestionOptions<T>,
  ): Promise<Answers<T>> {
    const { read, more, done, timeout } = options;
    if (nodes.length === 0) return Promise.resolve(new Map());
    const id = ++this.lastId;
    const waiting = new Set(nodes);
    const answers = new Map<string, T>();
    const failures = new Map<string, string>();
    const asked = new Promise<Answers<T>>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.open.delete(id);
        const late = [...waiting];
        if (late.length > 0) {
          reject(
            new ClusterError(
              'CLUSTER_TIMEOUT',
              `${late.join(', ')} did not answer within ${timeout} ms.`,
              late,
              [...answers.values()],
            ),
          );
        } else if (failures.size > 0) {
          const told = [...failures]
            .map(([node, message]) => `${node} failed to answer: ${message}`)
            .join('; ');
          reject(
            new ClusterError('CLUSTER_ANSWER_FAILED', told, [...failures.keys()], [...answers.values()]),
          );
        } else resolve(answers);
      };
      const timer = setTimeout(end, boundedDelay(timeout));
      const finish = (node: string): void => {
        if (!waiting.delete(node)) return;
        done?.(node);
        if (waiting.size === 0) end();
      };
      const answered = (node: string, state: number, args: readonly unknown[]): void => {
        try {
          if (state === FAILED) failures.set(node, String(args[0]));
          else if (state === MORE) more?.(read(args, node), node);
          else if (state === DONE) answers.set(node, read(args, node));
        } finally {
          if (state !== MORE) finish(node);
        }
      };
      this.open.set(id, { waiting, answered, finish });
    });
    send(id);
    return asked;
  }

  /**
   * Takes an answer.
   *
   * @throws MalformedMessage if it is not one
   */
  answered(node: string, [id, state, ...args]: readonly unknown[]): void {
    expectValid(isCount(id) && isCount(state) && state <= FAILED, 'a malformed answer');
    const question = this.open.get(id);
    if (question?.waiting.has(node)) question.answered(node, state, args);
  }

  /** Ends waiting for a node: it has left, or could not be asked. Without an id, in all questions. */
  forget(node: string, id?: number): void {
    if (id !== undefined) this.open.get(id)?.finish(node);
    else for (const question of [...this.open.values()]) question.finish(node);
  }
}
