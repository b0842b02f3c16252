/** Holds handshakes back until the service has started. */
export class StartGate {
  isOpen = false;
  private isClosed = false;
  /** Resolves when the gate opens; rejects with the reason if the service cannot start or has stopped. */
  readonly opened: Promise<void>;
  private settle: (error?: Error) => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve, reject) => {
      this.settle = (error) => {
        if (error) reject(error);
        else resolve();
      };
    });
    // No handshake may be waiting when the start fails.
    this.opened.catch(() => undefined);
  }

  /** Opens the gate, or with an error closes it for good. Does nothing if it is closed. */
  open(error?: Error): void {
    if (this.isClosed) return;
    this.isClosed = error !== undefined;
    this.isOpen = !error;
    this.settle(error);
  }
}
