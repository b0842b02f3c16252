import type ts from 'typescript';
import { Constants } from '../constants';
import { OwnSymbols } from '../own-symbols';
import { placeOf, type Problems } from '../problems';
import type { NamedTypes } from '../wire/named-types';
import { Place } from '../wire/place';
import { ReceivedClasses } from '../wire/received-classes';
import { WireTypes } from '../wire/wire-types';

/** The state that all gateways of a run share, in whatever program they are. */
export interface Run {
  /** The folder that shown paths are relative to. */
  readonly folder: string;
  readonly binary: 'ArrayBuffer' | 'Buffer';
  readonly names: NamedTypes;
  readonly problems: Problems;
  /** Notes for the user that are not mistakes. */
  readonly notes: Problems;
}

/** A program that is being read. */
export class Reading {
  readonly checker: ts.TypeChecker;
  readonly own: OwnSymbols;
  readonly constants: Constants;
  /** The types of values that are sent as they are: results, events to clients, bodies that are not checked by a class. */
  readonly wire: WireTypes;
  readonly receivedClasses: ReceivedClasses;
  /** Payloads that class-transformer makes instances of classes of. */
  readonly received: WireTypes;

  /** @param name differs from program to program */
  constructor(
    readonly program: ts.Program,
    readonly run: Run,
    name: string,
  ) {
    this.checker = program.getTypeChecker();
    this.own = new OwnSymbols(this.checker);
    this.constants = new Constants(this.checker);
    this.wire = new WireTypes(program, run.names, run.binary, name);
    this.receivedClasses = new ReceivedClasses(this.checker, this.constants);
    const receiving = { classes: this.receivedClasses, asSent: this.wire };
    this.received = new WireTypes(program, run.names, run.binary, name, receiving);
  }

  /**
   * Returns the place of a value that goes over the wire.
   *
   * @param node where problems of it are reported
   * @param subject `ChatGateway.send`
   * @param value as the subject of a sentence: `its result`
   */
  placeOf(node: ts.Node, subject: string, value: string): Place {
    return new Place(
      (what) => {
        this.run.problems.add(node, subject, what);
      },
      value,
      (declared) => placeOf(declared, this.run.folder),
    );
  }
}
