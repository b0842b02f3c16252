import { dirname, resolve } from 'node:path';
import ts from 'typescript';
import { CommandError } from '../terminal';
import { shownPath, type Problems } from './problems';

/** A program that has some of the files. */
export interface LoadedProgram {
  readonly program: ts.Program;
  /** The files that were named, in this program. */
  readonly files: readonly ts.SourceFile[];
}

/** The configuration that files are compiled with. Files of one configuration are in one program. */
interface Project {
  readonly config: ts.ParsedCommandLine | undefined;
  readonly files: string[];
}

/** TypeScript's server of editors has this option, too. */
type Host = ts.CompilerHost & { useSourceOfProjectReferenceRedirect?: () => boolean };

interface KnownSource {
  /** When the file was changed. */
  readonly changed: number | undefined;
  readonly source: ts.SourceFile | undefined;
}

/** Loads TypeScript files, each with the tsconfig.json that it belongs to. Used again, it reads only what has changed. */
export class ProgramLoader {
  private readonly programs = new Map<string, ts.Program>();
  /** Parsed files, by project. */
  private readonly sources = new Map<string, Map<string, KnownSource>>();

  /**
   * @param folder what shown paths are relative to
   * @param project a tsconfig.json; undefined: the nearest one of each file
   */
  constructor(
    private readonly folder: string,
    private readonly project: string | undefined,
  ) {}

  /** @throws CommandError if a tsconfig.json cannot be read */
  load(files: readonly string[], problems: Problems): LoadedProgram[] {
    const projects = new Map<string, Project>();
    for (const file of files) {
      const path = this.configOf(file);
      const { key, config } = this.findProject(path, file);
      const project = projects.get(key) ?? { config, files: [] };
      project.files.push(file);
      projects.set(key, project);
    }
    return [...projects].map(([key, project]) => this.loadProject(key, project, problems));
  }

  private configOf(file: string): string | undefined {
    if (this.project === undefined)
      return ts.findConfigFile(dirname(file), (name) => ts.sys.fileExists(name));
    const path = resolve(this.folder, this.project);
    return ts.sys.directoryExists(path) ? resolve(path, 'tsconfig.json') : path;
  }

  /** Returns, for a tsconfig.json with references, the project that contains the file. */
  private findProject(
    path: string | undefined,
    file: string,
  ): { key: string; config: ts.ParsedCommandLine | undefined } {
    if (path === undefined) return { key: '', config: undefined };
    const own = this.readConfig(path);
    return this.searchReferences(path, own, file, new Set()) ?? { key: path, config: own };
  }

  private searchReferences(
    path: string,
    config: ts.ParsedCommandLine,
    file: string,
    visited: Set<string>,
  ): { key: string; config: ts.ParsedCommandLine } | undefined {
    if (config.fileNames.some((name) => resolve(name) === resolve(file))) return { key: path, config };
    visited.add(path);
    for (const reference of config.projectReferences ?? []) {
      const referenced = ts.resolveProjectReferencePath(reference);
      if (visited.has(referenced) || !ts.sys.fileExists(referenced)) continue;
      const found = this.searchReferences(referenced, this.readConfig(referenced), file, visited);
      if (found) return found;
    }
    return undefined;
  }

  private readConfig(path: string): ts.ParsedCommandLine {
    const fail = (diagnostic: ts.Diagnostic): never => {
      const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
      throw new CommandError(`${shownPath(path, this.folder)} cannot be read: ${text}`);
    };
    const config = ts.getParsedCommandLineOfConfigFile(
      path,
      {},
      { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
    );
    if (!config) throw new CommandError(`${shownPath(path, this.folder)} cannot be read.`);
    const [error] = config.errors.filter(({ code }) => code !== NO_INPUTS && code !== EMPTY_FILES);
    return error ? fail(error) : config;
  }

  private createHost(key: string, options: ts.CompilerOptions): Host {
    const host: Host = ts.createCompilerHost(options, true);
    // Projects that are referenced are read from their sources: they need not be built.
    host.useSourceOfProjectReferenceRedirect = () => true;
    const known = this.sources.get(key) ?? new Map<string, KnownSource>();
    this.sources.set(key, known);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (name, ...rest) => {
      const changed = ts.sys.getModifiedTime?.(name)?.getTime();
      const before = known.get(name);
      if (before && before.changed === changed) return before.source;
      const source = read(name, ...rest);
      known.set(name, { changed, source });
      return source;
    };
    return host;
  }

  private loadProject(key: string, { config, files }: Project, problems: Problems): LoadedProgram {
    const options: ts.CompilerOptions = {
      ...(config ? config.options : DEFAULT_OPTIONS),
      noEmit: true,
      skipLibCheck: true,
      incremental: false,
      composite: false,
      declaration: false,
      declarationMap: false,
      tsBuildInfoFile: undefined,
    };
    const declarations = (config?.fileNames ?? []).filter((name) => /\.d\.[cm]?ts$/.test(name));
    const host = this.createHost(key, options);
    const oldProgram = this.programs.get(key);
    const program = ts.createProgram({
      rootNames: [...files, ...declarations],
      options,
      host,
      ...(config?.projectReferences && { projectReferences: config.projectReferences }),
      ...(oldProgram && { oldProgram }),
    });
    this.programs.set(key, program);
    const sources = files.flatMap((file) => program.getSourceFile(file) ?? []);
    for (const source of sources) {
      for (const { start = 0, messageText } of program.getSyntacticDiagnostics(source))
        problems.addAt(source, start, ts.flattenDiagnosticMessageText(messageText, ' '));
    }
    return { program, files: sources };
  }
}

/** `No inputs were found`: a tsconfig.json that only has references, or other files. */
const NO_INPUTS = 18003;
/** `The 'files' list is empty`. */
const EMPTY_FILES = 18002;

const DEFAULT_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};
