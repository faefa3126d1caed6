import { nameKey } from '@/lib/customers/name-model';

/** A word as it is compared, with where and how it is written. */
export type Word = { key: string; written: string; at: number; end: number };

/** The words of a text: its letters and digits. */
export const wordsOf = (text: string): Word[] =>
  [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map(({ 0: written, index }) => ({
    key: nameKey(written).replaceAll(' ', ''),
    written,
    at: index,
    end: index + written.length,
  }));

/** Of tickets, of this console, and of everyday language. */
const everyday = [
  // Of tickets and of this console.
  'affected approvals audit backfill backfills campaign campaigns everything finding findings go health help keyboard mutation mutations notifications orders plan repair runs schedule sessions settings shortcuts stop tokens trouble active activity account accounts agent agents alert alerts all also analysis and any app april assigned august bad before broken bug call calls can case cases chat chats check clean client clients complete console conversation conversations correct count counts customer customers daily dashboard data date day days december detail details duplicate error errors february find fine fix from good handed handoff help high hour hours how incident issue issues january july june just label labels last late live look low mail march may medium message missing month monthly need new night november null number october open orphan please priority problem product question queue range record records repair reply report reports request review right run same scan see september server service show shows sign signal slack source spark stale stat status still support system table team test thanks that the them they this ticket tickets time today track unit update urgent use user users value verify view want week weekly what when where which who why with work wrong year yesterday zero zoom',
  // Short ones that are written in capitals.
  'api app asap bpo cet cc cs csat csm cst csv cx db edt eod erp est eta eu faq fyi hr html http id ids ip it itsm json kpi na nps ny ok oom pdt pii pm poc pr ps pst qa qbr re roi rpa sla sms sop sql sso sup tba tbd tl ui uk url us usa utc ux vip voc vpn wfm xml',
  'act add ago aid aim air all and any app are arm art ask bad bag bar bay bed bet bid big bit box boy bus but buy can cap car cat cup cut day did die dog dot due ear eat egg end era eye far few fit fix fly for fox fun gap gas get god got gun guy had has hat her hey him his hit hot how ice ill its jet job joy key kid lab law lay led leg let lie lip lot low mad man map may men met mix net new nor not now nut odd off oil old one our out own pay pen per pet pin pop pot put ran raw red rid row run sad sat saw say sea see set she six sky son sun tax tea ten the tie tip too top toy try two use van via war was way web wet who why win won yes yet you',
  // Weekdays, courtesy and glue.
  'monday tuesday wednesday thursday friday saturday sunday morning afternoon evening noon midnight hello dear hi hey team regards best kind cheers about after again are but being between both could did does during each every few had has have here his her its like make many more most much must not now off other our out over own should since some such than their then there these those through too under until very was were will would you your first general',
];

const ofNames = [
  // Words that companies are named with.
  'advanced aero aerospace africa agency air airline airlines airport airways alliance alpha america american associates association atlantic australia auto bank banking bay beta blue box brands bright brothers business canada capital care cargo center central centre china city clear close cloud club coast collective college commerce communications community companies company computer connect construction consulting continental corp corporation credit cruise cruises dental design development digital direct dynamics east eastern eagle education electric electronics energy engineering enterprise enterprises entertainment equipment europe european express farm farms fashion federal financial finance first fitness food foods force foundation freight fresh funds future gas general germany global gold golden gmbh great green group guides harbor health healthcare holding holdings home homes hospital hotel hotels house inc india industries industrial infinity innovation innovations institute insurance interactive international internet island jet kids lab labs lake learning legal leisure liberty life light limited lines llc logistics london loyalty ltd management manufacturing marine market marketing markets media medical mobile motor motors mountain mutual national nature net network networks north northern ocean office oil one online open orbit outdoor outfitters outlet pacific paper park partners pay payments pharma phone planet plaza plc point port power premier press prime pro products professional properties property public quality quick rail railway real regional rental rentals research reservations resort resorts resources retail river road royal safe sales school science sea secure security services shipping shop silver sky smart social software solar solutions south southern sport sports standard star state states stone store stores street studio studios summit sun supply supplies swift systems team tech technologies technology telco telecom tele textile tour tours town toy toys trade trading training transport transportation travel travels trek trust union united universal university utilities valley venture ventures video village vision voice warehouse waste water wave wear web west western wholesale wind wireless world',
  // Names of companies that are words.
  'adobe amazon apex apple arc arrow asana aspect atlas avid base basecamp beacon bench block bolt bond bridge bumble canvas caterpillar cedar chase chime cobalt compass copper core crest crown crystal current dash delta discover domino dove echo edge element ember epic expedia fable falcon fidelity flex focus ford fox frontier fusion galaxy gap garden gateway gem genesis glass grid guess gulf halo haven hive horizon icon impact indeed indigo ink iris iron ivory jade key kite lantern leaf legacy lens level lemon link lime linear lotus magnet mango maple mars match matter maven max mercury mesh meta meter meridian metro mint mirror momentum monday monitor moon nest nexus nimbus nova notion nike oak oasis object olive omega onyx opal optimum oracle orange origin oxygen pace palm panda patch path peak pearl phoenix pilot pine pioneer pivot plain plus polar popular progress progressive prism pulse pure puma quest radius rain ramp range raven reach relay rise ring robin rocket root rover ruby sage salt sapphire scale scout seed sense sequence shell shift side silk simple snap solid sonic space spectrum spirit split spring sprint sprout square stage stack station steel stripe subway summer surge target terra tesco thrive tide tiger titan toast torch tower trail transit tribe trinity twist ultra uniform unity upwork vast vault vector velvet venture venus verge vertex via vine visa vista vital volt walk wells whale willow wing wish zenith zero',
  // Time zones.
  'alaskan hawaiian eastern central mountain pacific atlantic standard daylight utc gmt',
];

const everydayWords = new Set(everyday.join(' ').split(' '));
const common = new Set([...everydayWords, ...ofNames.join(' ').split(' ')]);

/** Whether a word is one of everyday language, or of tickets. */
export const isPlain = (key: string): boolean => common.has(key);

/** Whether words make a phrase that a ticket may have in another sense: "live chat", "first bank". */
export const isPhrase = (keys: readonly string[]): boolean =>
  keys.every(isPlain) && keys.some((key) => everydayWords.has(key));

/** Whether a word says too little to name a customer by itself: tickets have it in other senses. */
export const isCommon = (key: string): boolean => key.length < 4 || isPlain(key) || /^\d+$/.test(key);

/** Words behind a name with which another company may be meant: "Alaska Air Cargo". */
export const namesAnother = new Set(
  'cargo group bank airlines airways lines insurance telecom holdings hotels tours travel express international services freight regional canada europe germany uk us usa america asia africa mobile energy health pay cloud labs logistics foods capital partners foundation vacations cruises rail media retail stores financial mutual subsidiary affiliate north south east west global digital wireless'.split(
    ' ',
  ),
);
/** Words before a name with which another company may be meant: "New Contoso". */
export const namesAnotherBefore = new Set(
  'north south east west northern southern eastern western new first royal great united american british national old global'.split(
    ' ',
  ),
);
/** Endings of company names that people leave out. */
export const companyEndings = new Set(
  'inc ltd llc gmbh corp corporation co plc sa ag company limited bv nv pty'.split(' '),
);
