// The API's bodies and answers, written from docs/openapi.json by `make openapi`. Do not edit.

export interface Attempt {
  attempt_id: string;
  week: number;
  number: number;
  started_at: string;
  deadline: string;
  saved_answers: Record<string, Array<string>>;
  saved_prediction: number | null;
  revision: number;
  questions: Array<Question>;
  prediction_question: string | null;
  counted_prediction: number | null;
}

export interface CancelledWeek {
  number: number;
  title: string | null;
  reason: string | null;
}

export interface Category {
  name: string;
  title: string;
  title_en: string;
  obliged: boolean;
  unit: "required" | "optional" | "none";
}

export interface Challenge {
  algorithm: "SHA-256";
  challenge: string;
  maxnumber: number;
  salt: string;
  signature: string;
}

export interface Colours {
  brand: string;
  brand_deep: string;
  tint: string;
  dark_brand: string;
  dark_brand_deep: string;
  dark_brand_ink: string;
  dark_tint: string;
}

export interface Contest {
  id: string;
  title: string;
  title_en: string;
  organiser: string;
  organiser_en: string;
  hotline: string;
  timezone: string;
  emblem: Picture | null;
  banner: Picture | null;
  colours: Colours | null;
  portal: string | null;
  categories: Array<Category>;
  period: "tu\u1ea7n" | "\u0111\u1ee3t" | "k\u1ef3";
  notice: string | null;
  stopped: Array<"starts" | "registration" | "sign_in">;
  starts_at: string;
  ends_at: string;
  weeks: Array<Week>;
  cancelled: Array<CancelledWeek>;
  paper: PaperRules;
  prediction: Prediction | null;
  ranking: Ranking;
  prizes: Array<Prize>;
  unit_score: UnitScore;
  unit_prizes: Array<UnitPrize>;
  eligibility: Eligibility;
  identity: Identity | null;
  bank_digest: string;
  next_rules: NextRules | null;
  now: string;
  week: Week | null;
  next_change_at: string | null;
}

export interface Credentials {
  citizen_id: string;
  password: string;
  proof?: string | null;
  ticket?: string | null;
}

export interface Eligibility {
  min_age: number;
  proof_of_work: "off" | "on" | "high";
}

export type Empty = Record<string, never>;

export interface FieldFault {
  field: string;
  message: string;
}

export interface FinishedAttempt {
  status: "submitted" | "overdue";
  result: Result;
}

export interface FinishedProblem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  result: Result;
}

export interface GradingOpening {
  answers: string;
  attempt_id: string;
}

export interface Health {
  status: "ok";
  version: string;
  contest: string;
  bank_digest: string;
}

export interface Identity {
  title: string;
  require: boolean;
  fallback: boolean;
}

export interface IdentityOpening {
  category: string;
  participant_id: string;
  unit: string | null;
}

export interface InvalidProblem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  errors: Array<FieldFault>;
}

export interface Known {
  citizen_id: string;
  full_name?: string;
  date_of_birth?: string;
  gender?: "male" | "female";
  phone?: string;
}

export interface ListedFinished {
  counted: boolean;
  score: number | null;
  ruled_score: number | null;
  total: number;
  duration_ms: number;
  submitted_at: string;
  late: boolean;
  attempt_id: string;
  week: number;
  number: number;
  status: "submitted" | "overdue";
  started_at: string;
}

export interface ListedOpen {
  attempt_id: string;
  week: number;
  number: number;
  status: "open";
  started_at: string;
  deadline: string;
  submitted_at: null;
  counted: false;
  score: null;
  ruled_score: null;
  total: number;
  duration_ms: null;
  late: false;
}

export interface Me {
  participant: Participant;
  week: ThisWeek | null;
  attempts: Array<ListedFinished | ListedOpen>;
  pseudonyms: Array<NameInWeek>;
}

export interface NameInWeek {
  week: number;
  pseudonym: string;
  salt: string;
  unit: string;
  signature: string;
  key_id: string;
}

export interface NextRules {
  number: number;
  title: string | null;
  opens_at: string;
  closes_at: string;
  reason: string | null;
  paper: PaperRules;
  prediction: Prediction | null;
  ranking: Ranking;
  prizes: Array<Prize>;
  unit_prizes: Array<UnitPrize>;
  bank_digest: string;
}

export interface OpenAttempt {
  status: "open";
  attempt: Attempt;
}

export interface Openings {
  grading: GradingOpening;
  identity: IdentityOpening;
  score?: ScoreOpening;
  time: TimeOpening;
}

export interface Option {
  key: string;
  text: string;
}

export interface PaperAnswers {
  answers: Record<string, Array<string>>;
  prediction?: number | null;
  revision: number;
}

export interface PaperRules {
  questions: number;
  time_limit_seconds: number;
  grace_seconds: number;
  attempts_per_week: number;
  publish_bank: boolean;
  show_score: "at_once" | "after_close";
}

export interface Participant {
  participant_id: string;
  full_name: string;
  unit_code: string | null;
  category: string;
  verified: "provider" | "roster" | "none";
}

export interface PasswordReset {
  citizen_id: string;
  code: string;
  password: string;
  proof?: string | null;
}

export interface Picture {
  file: string;
  width: number;
  height: number;
}

export interface Prediction {
  question: string;
  target: "perfect_people" | "people" | "attempts";
}

export interface Prize {
  name: string;
  title: string;
  count: number;
  when: "week" | "final";
  categories: Array<string>;
  verified: Array<"provider" | "roster">;
  min_score: number;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
}

export interface ProofRequiredProblem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  challenge: Challenge;
}

export interface ProviderAnswer {
  flow: string;
  code: string;
  state: string;
  iss?: string | null;
}

export interface ProviderDownProblem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  lasting: boolean;
}

export interface ProviderFlow {
  url: string;
  flow: string;
}

export interface Question {
  number: number;
  id: string;
  text: string;
  options: Array<Option>;
  multiple: boolean;
}

export interface Ranking {
  order: Array<"score" | "prediction" | "duration" | "submitted" | "attempts">;
  one_prize: "contest" | "no";
  final: boolean;
}

export interface RateStep {
  up_to: number | null;
  rate: number;
}

export interface Receipt {
  record: ReceiptRecord;
  openings: Openings;
  salts: Salts;
  told: Told;
  leaf_hash: string;
  signature: string;
  key_id: string;
}

export interface ReceiptRecord {
  contest: string;
  duration_minutes: number;
  format: 1;
  grading: string;
  identity: string;
  minute: number;
  number: number;
  prediction: number | null;
  pseudonym: string;
  score: string;
  status: "submitted" | "overdue" | "blank" | "discarded";
  time: string;
  week: number;
}

export interface Registered {
  participant: Participant;
}

export interface Registration {
  citizen_id?: string | null;
  full_name?: string | null;
  date_of_birth?: string | null;
  gender?: "male" | "female" | null;
  phone?: string | null;
  unit_code?: string | null;
  category: string;
  password: string;
  consent: true;
  proof?: string | null;
  ticket?: string | null;
}

export interface Result {
  counted: boolean;
  score: number | null;
  ruled_score: number | null;
  total: number;
  duration_ms: number;
  submitted_at: string;
  late: boolean;
  attempt_id: string;
  week: number;
  number: number;
  questions: Array<ReviewedQuestion>;
  rulings: Array<RuledQuestion>;
  receipt: Receipt | null;
}

export interface ReviewedQuestion {
  number: number;
  id: string;
  topic: string;
  text: string;
  options: Array<Option>;
  chosen: Array<string>;
  keys: Array<Array<string>>;
  right: boolean;
  reference: string;
}

export interface RuledQuestion {
  number: number;
  id: string;
  text: string;
  ruling: "key" | "all_right";
  keys: Array<Array<string>>;
  chosen: Array<string>;
  reason: string;
  at: string;
}

export interface Salts {
  grading: string;
  identity: string;
  score?: string;
  time: string;
  pseudonym: string;
}

export interface Saved {
  revision: number;
  save_after_s: number;
  deadline: string;
}

export interface ScoreOpening {
  bank: string;
  score: number;
}

export interface Session {
  token: string;
  expires_at: string;
  participant: Participant;
  password_reset_at?: string;
}

export interface StaleProblem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  saved_answers: Record<string, Array<string>>;
  prediction: number | null;
  revision: number;
}

export interface Started {
  attempt: Attempt;
}

export interface StoppedProblem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  notice: string;
}

export interface Submitted {
  counted: boolean;
  score: number | null;
  ruled_score: number | null;
  total: number;
  duration_ms: number;
  submitted_at: string;
  late: boolean;
  receipt: Receipt;
}

export interface ThisWeek {
  number: number;
  attempts_used: number;
  attempts_left: number;
  best_score: number | null;
  open_attempt: string | null;
}

export interface Ticket {
  ticket: string;
  known: Known;
  missing: Array<"full_name" | "date_of_birth" | "gender" | "phone">;
  registered: boolean;
}

export interface TimeOpening {
  duration_ms: number;
  received_at_ms: number;
}

export interface Told {
  score: number | null;
}

export interface UnitPrize {
  name: string;
  title: string;
  when: "week" | "final";
  count: number;
  by: "score" | "rate" | "people" | "attempts" | "winners";
  once: boolean;
  level: "top" | "leaf";
  blocs: Array<string>;
  obliged_from: number;
  obliged_to: number | null;
  min_rate: Array<RateStep>;
  min_people: number;
  min_winners: number;
}

export interface UnitScore {
  weights: Weights;
  volume: "obliged" | "people" | "attempts";
  participation_min_score: number;
}

export interface Week {
  number: number;
  title: string | null;
  opens_at: string;
  closes_at: string;
  reason: string | null;
}

export interface Weights {
  participation: number;
  volume: number;
  quality: number;
}

/** By operation. */
export interface Bodies {
  registerParticipant: Registration;
  signIn: Credentials;
  finishProviderSignIn: ProviderAnswer;
  resetPassword: PasswordReset;
  startAttempt: Empty;
  saveAnswers: PaperAnswers;
  submitAttempt: PaperAnswers;
}

/** By operation. */
export interface Answers {
  getHealth: Health;
  getContest: Contest;
  getChallenge: Challenge;
  registerParticipant: Registered;
  signIn: Session;
  beginProviderSignIn: ProviderFlow;
  finishProviderSignIn: Session | Ticket;
  resetPassword: {};
  getMe: Me;
  startAttempt: Started;
  readAttempt: OpenAttempt | FinishedAttempt;
  saveAnswers: Saved;
  submitAttempt: Submitted;
}
