export type {
  Answer,
  Answers,
  Context,
  Decision,
  Json,
  Need,
  Outcome,
  Program,
  SourceFailure,
} from './program.ts';
