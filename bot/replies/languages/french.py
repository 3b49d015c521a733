"""The fixed words in French; the names and the order are those of the English table."""

from __future__ import annotations

from bot.model import Kind, Side

NAME = "On the Record"
NOT_GIVEN = "non indiqué"

SEARCHED = "Recherché : "
WHOLE_DEBATE = "tout le débat"
ALSO = "Recherché aussi : {also} (pour {asked})"
PAGE = " · page {page}"
INHERITED = "Repris de la question précédente : {words}"
CLOSEST = "Citations les plus proches : une partie seulement de la question s’y retrouve."
UNMATCHED = "Absent de ces citations : {words}"

SIDES = {Side.FOR: "POUR", Side.AGAINST: "CONTRE", Side.NEITHER: "AUCUN CAMP"}
SILENT_ONE = "Aucune citation {side} ne contient ces mots."
SILENT_BOTH = "Aucune citation POUR ou CONTRE ne contient ces mots."

OWN_WORDS = "{publisher}, de sa propre plume"
FRAMED = {
    Kind.FRAGMENT: "{publisher}, citant {voice}",
    Kind.REPORTED: "{publisher}, rapportant {voice}",
}
UNCERTAIN = "cité dans {publisher}, locuteur incertain"
THE_PUBLICATION = "la publication"

KINDS = {
    Kind.DIRECT: "citation directe",
    Kind.FRAGMENT: "mots entre guillemets, dans une phrase de la publication",
    Kind.REPORTED: "propos rapporté, non une citation directe",
    Kind.NARRATION: "les mots de la publication",
}
CONTINUED = "suite"
RECORDED = "nommé par le compte rendu"
CURATED = "nommé par le conservateur"
CONTINUES = "La source poursuit par des mots qui nuancent ceci."
TWO_WORDINGS = "Imprimé sous deux formes : voir « Formulations »."
ALSO_IN = "Imprimé aussi dans : {titles}"
SOURCE = "Source : "
NO_TITLE, NO_PUBLISHER, NO_DATE = "titre non indiqué", "éditeur non indiqué", "date non indiquée"
NO_LINK = "lien non indiqué"

NOTHING = "Aucune citation ne correspond."
NOT_FOUND = "Jamais réunis dans une citation : {words}"
ONLY_LOADED = (
    "Je ne cite que ce qui a été dit (textes chargés : {documents}) ; "
    "je ne cherche pas ailleurs et je ne devine pas."
)
TOPICS = "Sujets avec citations : {topics}"

CONTEXT = "Citation "
VOICE = "Voix : {voice} · {kind}"
CUE = "Pourquoi cette voix : {cue}"
CHAIN = "Comment on y arrive : {chain}"
NO_VOICE = "Voix : incertaine"
MATCHED = "Mots retrouvés : {words}"
PLACE = "Caractères {start}–{end} de {document}, paragraphe {paragraph} ; SHA-256 {sha256}"
SIDE_SET = "Camp {side}, fixé par le conservateur : {curator}"
GONE = "Aucune citation ne porte aujourd’hui l’identifiant {id}."
GONE_WHY = (
    "Un identifiant désigne les mots exacts d’un document. Si le document a été modifié ou retiré, "
    "l’identifiant ne mène nulle part plutôt que vers d’autres mots."
)

LABEL_CONTEXT, LABEL_OPPOSITE, LABEL_WORDINGS = "Contexte", "Contraire", "Formulations"
LABEL_COPY, LABEL_MORE, LABEL_BACK = "Copier", "Suite ▸", "◂ Retour"
LABEL_NUMBERED = "{label} {number}"
LABEL_WITHOUT = "Sans « {words} »"
LABEL_CHECK, LABEL_OTHER_SIDE = "Vérifier la citation", "Autre camp"
TYPED = {
    "suite": "/more",
    "plus": "/more",
    "contraire": "/opposite",
    "le contraire": "/opposite",
    "l’autre camp": "/opposite",
    "l'autre camp": "/opposite",
    "autre camp": "/opposite",
    "formulations": "/wordings",
    "contexte": "/context",
    "copier": "/copy",
}
TYPED_BEFORE = ("et ", "montre ", "montrez ")

OPPOSITE = "Contraire de {id}"
LINKED = "Lien : le sujet du conservateur « {topic} ». Mots communs : {words}."
NO_WORDS = "aucun"
NOT_A_REPLY = "N’a pas été dit en réponse à cette citation."
NO_OPPOSITE = "Aucune citation {side} ne touche à ses sujets : {topics}."
NO_TOPIC = "Elle ne touche à aucun sujet du conservateur, et des mots seuls ne lient rien ici."
NO_SIDE = "Elle n’est d’aucun camp et n’a donc pas de contraire."

WORDINGS = "Deux formulations d’un même propos"
WORDINGS_DIFFER = "Les formulations diffèrent. Je ne peux dire laquelle est l’originale."
NO_WORDINGS = "Les textes chargés n’ont pas d’autre formulation de la citation {id}."

COPY = "À copier :"
COPIED = "{text}\n— {voice} ({kind}). {title}, {publisher}, {date}. Citation {id}"

SPOKEN = "{first}–{last} sur {total}"
BY_DATE, AS_PRINTED = "Ordre : par date, non datées à la fin", "Ordre : du texte (sans date)"
WHOM = "De qui parlez-vous ?"
BY_USAGE = "Écrivez /by et un nom puis, si vous voulez, un sujet : /by {example}"
NOBODY = "Personne ne s’appelle ainsi dans ce corpus : {name}"
NO_QUOTES_SHOWN = "Il n’y a pas de réponse à examiner ici. Répondez à l’une des miennes."

OTHER_SPEAKS = "Des citations {side} contiennent aussi ces mots."
BOTH_SPEAK = "Des citations POUR et CONTRE contiennent aussi ces mots."

CONTINUES_HERE = "Suite"
SORRY = "Une erreur s’est produite de mon côté, elle est consignée. Veuillez redemander."
TOO_MANY = "C’est plus que je ne peux répondre à la fois. Attendez un peu et redemandez."
TOO_LATE = (
    "J’étais absent quand ceci fut écrit, donc je n’y réponds plus. Ce que vous voulez encore "
    "savoir, veuillez le redemander."
)
ASK_AGAIN = "Redemander"
UNKNOWN_BUTTON = "Je ne connais plus ce bouton. Veuillez redemander."
NOT_YOURS = "Cette réponse est à qui l’a demandée. Répondez-y « {word} », et je vous répondrai."
INLINE_HELP = "Comment cela marche"
INLINE_NOTHING = "Aucune citation. Demandez-moi directement"

COMMANDS = {
    "ask": "Trouver ce qui a été dit : /ask privacy",
    "by": "Tout ce qu’une voix a dit : /by NOM, ou /by NOM et un sujet",
    "corpus": "Documents, voix, camps et dates",
    "about": "Ce qui est vérifié et ce qui ne l’est pas",
    "privacy": "Ce qui est gardé de vos questions : rien",
    "help": "Comment demander",
}
ADMIN_COMMANDS = {
    "reload": "Recharger le corpus",
    "status": "L’état du bot",
    "unanswered": "Ce qui fut demandé en vain, en mots comptés",
    "hold": "Retenir une citation : /hold ID MOTIF",
    "release": "Montrer à nouveau une citation retenue : /release ID",
}
DESCRIPTION = (
    "Je réponds aux questions sur un débat avec les seuls mots de ceux qui y parlent : citations "
    "exactes, avec qui l’a dit, dans quel camp et où cela fut publié. Je n’écris rien de moi-même, "
    "et je le dis quand personne n’a parlé de votre question. Les citations restent dans leur "
    "langue. Écrivez-moi ici, ou ajoutez-moi à un groupe et utilisez /ask."
)
SHORT = "Citations exactes des deux camps d’un débat : qui a dit quoi, et où. Rien d’inventé."

HEARD_POLLING, HEARD_PUSHED = "Dernière interrogation : {ago}", "Dernière mise à jour : {ago}"
AGO, NEVER = "il y a {seconds} s", "jamais"
QUEUE = "File d’attente : {count}"
HANDLED = "Mises à jour traitées : {count}"
SET_ASIDE = "Mises de côté, illisibles : {count}"
GIVEN_UP = "Abandonnées, trop lentes : {count}"
SHED = "Écartées, trop à la fois : {count}"
LATE = "Arrivées trop tard pour y répondre : {count}"
PRIVACY_ON = "Mode privé actif : d’un groupe n’arrivent que commandes, mentions et réponses"
PRIVACY_OFF = "Mode privé inactif : tout message d’un groupe arrive ici ; @BotFather, /setprivacy"
ADMIN_IN = "Nommé administrateur depuis le démarrage : {count} groupes ; tout message en arrive"
NO_GROUPS = "Il ne peut être ajouté à des groupes ; @BotFather, /setjoingroups"
INLINE_ON = "Le mode en ligne est actif"
INLINE_OFF = "Le mode en ligne est inactif ; @BotFather, /setinline"

UNANSWERED = "Demandé et non trouvé depuis le démarrage"
UNANSWERED_NONE = "Aucun mot demandé en vain par {askers} personnes ou plus depuis le démarrage."
UNANSWERED_WORD = "{word} : {askers} personnes"
UNANSWERED_OFF = "Les mots non trouvés ne sont pas comptés ici ; voir le réglage `unanswered`."

START = (
    "Posez une question, et je réponds avec les seuls mots des personnes de ce débat : mot pour "
    "mot, avec qui l’a dit, à quel titre, dans quel camp et où cela fut publié."
)
MOTION = "Motion : {motion}"
HELP = """\
Écrivez une question, ou /ask et une question.
Répondez à l’une de mes réponses pour aller plus loin : une question, ou « suite », « contraire », \
« formulations », « contexte ».
/by – tout ce qu’une voix a dit : /by et un nom
/corpus – documents, voix, camps, dates
/about – ce qui est vérifié et ce qui ne l’est pas
/privacy – ce qui est gardé d’une question
Dans un groupe : /ask, une réponse à mon message, ou une mention. Sinon je me tais."""

ABOUT_CHECKED = """\
Vérifié : ce sont les mots du fichier chargé, caractère par caractère ; la voix est celle que \
nomment les mots montrés de la source ; le camp a été fixé par le conservateur."""
ABOUT_NOT_CHECKED = """\
Non vérifié : que la source soit authentique, à jour ou complète ; que ce qui fut dit soit vrai ; \
qu’une citation réponde à votre question. Je compare des mots, je ne les comprends pas."""
ABOUT_FOUND = "Trouvé par BM25, une formule qui compare des mots. Aucun texte n’est généré."
CURATOR = "Conservateur : {curator}"
BASIS = "Fondement des citations : {basis}"

CORPUS = "{title}"
COUNTED = "{documents}, {passages}"
COVERAGE = "Répartition : {counts}"
VOICES = "Voix"
DOCUMENTS = "Documents"
TIMES = "{name} : {count}"

PRIVACY = """\
Votre question n’est pas gardée : elle est comparée, répondue et oubliée. Le journal contient des \
nombres et des durées, jamais vos mots ni votre nom ; un identifiant n’y figure que sous un code \
tiré à neuf chaque jour, sauf pour les commandes d’un administrateur.
{kept}
En mémoire, jusqu’au prochain démarrage : les numéros des dernières questions et de leurs \
réponses, pour qu’une question corrigée ait sa réponse corrigée ; ceux des derniers qui ont \
demandé, pour que personne n’inonde le bot ; et, sauf réglage contraire, les mots qu’aucune \
citation ne contient, comptés sans qui les a demandés et montrés aux administrateurs dès que \
trois personnes en ont demandé un le même jour.
Les premiers mots d’une réponse sont un lien qui contient ce qui fut demandé. C’est ainsi qu’une \
réponse à celle-ci est comprise : je la relis, et ne retiens rien. Telegram garde la \
conversation, comme toute autre."""

KEPT = (
    "Gardé sur disque : quelles citations furent montrées, pour que leurs liens restent valables, "
    "et quel corpus une conversation a choisi. Jamais qui a demandé, ni quoi."
)
NOT_KEPT = "Gardé sur disque : rien. Le corpus choisi par une conversation est oublié aussi."

STATUS = "État"
VERSION = "Version {version}"
SERVED = "Corpus {name}, empreinte {fingerprint}"
LOADED = "Chargé le {time} UTC en {seconds} s"
MEMORY = "Mémoire occupée au plus jusqu’ici : {megabytes} Mo"
RELOADS = "Rechargements depuis le démarrage : {count}"
RELOADED = "Rechargé. {name} est servi maintenant."
UNCHANGED = "Rien n’a changé."
DOCUMENTS_CHANGED = "Documents : {added} ajoutés, {removed} retirés, {changed} modifiés"
QUOTES_CHANGED = "Citations : {gained} gagnées, {lost} perdues, {moved} déplacées"
BALANCE = "Équilibre : {counts}"
RELOAD_STOPPED = "Rechargement arrêté. L’ancien corpus répond toujours."
RELOAD_RUNNING = "Un rechargement est déjà en cours."
READY = "Prêt à changer. L’ancien corpus de {name} répond toujours."
WOULD_RETIRE = "Citations montrées qui disparaîtraient : {named}"
WOULD_MOVE = "Citations montrées dont les liens mèneraient ailleurs : {count}"
STRAYED = "Citations retenues dont les mots ne se trouvent plus : {named}"
LEFT_OUT = "Laissé de côté : {named}"
AND_MORE = "{first} et {count} autres"
WITHOUT = "Le reste peut être servi sans : {named}"
CONTINUE_ONE = "Continuer sans lui"
CONTINUE_MANY = "Continuer sans eux"
SWITCH, CANCEL = "Changer maintenant", "Annuler"
CANCELLED = "Annulé. Rien n’a été changé."
NOTHING_PREPARED = "Rien n’est préparé. Envoyez d’abord /reload."
RELOAD_USAGE = "Utilisez /reload, /reload without NOM, /reload now ou /reload cancel."
NOTHING_LEFT_OUT = "Aucun document de ce nom n’est endommagé. Envoyez d’abord /reload."

HOLD_USAGE = "Utilisez /hold ID MOTIF ; le motif est montré à qui ouvre la citation."
RELEASE_USAGE = "Utilisez /release ID."
HELD = "La citation {id} est retenue à partir de maintenant."
HELD_FOR_NOW = (
    "La citation {id} est retenue jusqu’au redémarrage du bot. Avec state_folder, "
    "elle le resterait."
)
RELEASED = "La citation {id} est montrée à nouveau."
NOT_HELD = "La citation {id} n’est pas retenue."
WITHHELD_BESIDE = "Des mots voisins sont retenus par un administrateur, et ne sont pas montrés."
WITHHELD_NOW = "La citation {id} est retenue."
WITHHELD_SINCE = "Depuis le {date}, par un administrateur : {reason}"
RETIRED = "La citation {id} fut retirée le {date}."
RETIRED_WHY = {
    "removed": "« {document} » a été retiré du corpus.",
    "changed": "Le texte de « {document} » a été modifié.",
    "reread": "« {document} » est lu autrement : ces mots n’en sont plus une citation.",
}
RETIRED_NOW = "Les mêmes mots s’y trouvent à un autre endroit :"
RETIRED_WORDS = "Les mots tels qu’ils furent montrés ; le texte chargé ne les contient plus :"
RETIRED_TEXT = "SHA-256 du texte d’où ils furent montrés : {sha256}"

CHOSEN = "Cette conversation est servie depuis {title}."
NOT_CHOSEN = "Non choisi. Le corpus précédent répond toujours."
NOT_A_CHOOSER = "Seul un administrateur de ce groupe peut choisir d’où il est servi."
ONE_CORPUS = "Il y a un seul corpus ici, et aucun autre à choisir."
NO_SUCH_CORPUS = "Aucun corpus ne porte ce nom."

UPLOAD = "Lu sous le nom {id}. Rien n’est encore ajouté."
UPLOAD_READ = "{paragraphs} paragraphes, {share} du texte du fichier"
UPLOAD_SOURCE = "{title} · {publisher} · {date}"
UPLOAD_MISSING = "Non indiqué : {names}"
UPLOAD_VOICES = "Voix trouvées : {names}"
UPLOAD_NONE = "aucune"
UPLOAD_DOUBTS = "À vérifier :"
UPLOAD_LEFT_OUT = "Laissé de côté :"
UPLOAD_REFUSED = "Rien n’a été ajouté."
UPLOAD_TOO_LARGE = "Il dépasse {most} Kio, ou ne dit pas sa taille."
UPLOAD_NOT_FETCHED = "Telegram ne l’a pas remis. Veuillez le renvoyer."
UPLOADS_OFF = "Les documents ne sont pas acceptés ici. L’exploitant du bot peut activer uploads."
NOTHING_WAITS = "Rien de ce nom n’attend d’être ajouté. Renvoyez le document."
DISCARDED = "Abandonné."
ADDED = "Ajouté sous le nom {id}."
RELOAD_TO_SERVE = "Il sera servi après le prochain /reload."
ADD, DISCARD, RELOAD = "Ajouter", "Abandonner", "Recharger"
DEFECT = "{kind} : un défaut, voir le journal ; signalez-le"
ONE_DOCUMENT, MANY_DOCUMENTS = "1 document", "{count} documents"
ONE_PASSAGE, MANY_PASSAGES = "1 passage", "{count} passages"

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre"),
    *("octobre", "novembre", "décembre"),
)
