import { createRequire } from 'node:module';
import { AppError } from '../../../errors';

type NativeRead = { bytes: Uint8Array; elapsed: number; rowsRead: number; bytesRead: number };
type NativeWrite = { elapsed: number; rowsWritten: number; bytesWritten: number };

/**
 * The addon inside the npm package `chdb`. Unlike the package it takes statements as bytes and returns the number of
 * written rows. A connection is busy during a statement and must not be closed then.
 */
export type Native = {
  CreateConnection(path: string, args: string[]): unknown;
  CloseConnection(connection: unknown): void;
  QueryAsyncConnection(connection: unknown, text: string, format: string): Promise<NativeRead>;
  InsertRawAsyncConnection(connection: unknown, head: string, data: Uint8Array, lines: boolean): Promise<NativeWrite>;
};

const packages: Record<string, string> = {
  'linux-x64': '@chdb/lib-linux-x64-gnu',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'darwin-arm64': '@chdb/lib-darwin-arm64',
};

/** Loads the engine library of this platform. Throws AppError('unavailable') if there is none. */
export function loadNative(): Native {
  const platform = `${process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url)(packages[platform] ?? `chdb has no library for ${platform}`);
  } catch (cause) {
    const sentence = `The ClickHouse engine has no library for ${platform} here. Set CLICKHOUSE_URL to a server instead.`;
    throw new AppError('unavailable', sentence, { cause });
  }
}
