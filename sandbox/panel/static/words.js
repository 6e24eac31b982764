// The few words of the phones themselves. A Telegram app speaks its owner's language too.

const WORDS = {
  en: {
    menu: "Menu",
    message: "Message",
    send: "Send",
    start: "Start",
    edited: "edited",
    bot: "bot",
    typing: "typing…",
    unblock: "Unblock the bot",
    blocked: "You blocked this bot",
    fresh: "New messages",
    more: "More",
    copied: "Copied",
    share: "Share my number",
    block: "Block the bot",
    language: "Language",
    can: "What can this bot do?",
    buttons: "Buttons",
    contact: "Contact",
    today: "Today",
    ok: "OK",
    save: "Open the file",
    picture: "Picture",

    commands: "Commands",
    latest: "To the newest message",
  },
  de: {
    menu: "Menü",
    message: "Nachricht",
    send: "Senden",
    start: "Starten",
    edited: "bearbeitet",
    bot: "Bot",
    typing: "tippt …",
    unblock: "Bot freigeben",
    blocked: "Du hast diesen Bot blockiert",
    fresh: "Neue Nachrichten",
    more: "Mehr",
    copied: "Kopiert",
    share: "Meine Nummer teilen",
    block: "Bot blockieren",
    language: "Sprache",
    can: "Was kann dieser Bot?",
    buttons: "Tasten",
    contact: "Kontakt",
    today: "Heute",
    ok: "OK",
    save: "Datei öffnen",
    picture: "Bild",

    commands: "Befehle",
    latest: "Zur neuesten Nachricht",
  },
  bn: {
    menu: "মেনু",
    message: "বার্তা",
    send: "পাঠান",
    start: "শুরু করুন",
    edited: "সম্পাদিত",
    bot: "বট",
    typing: "লিখছে…",
    unblock: "বট আনব্লক করুন",
    blocked: "আপনি বটটি ব্লক করেছেন",
    fresh: "নতুন বার্তা",
    more: "আরও",
    copied: "কপি হয়েছে",
    share: "আমার নম্বর পাঠান",
    block: "বট ব্লক করুন",
    language: "ভাষা",
    can: "এই বট কী করতে পারে?",
    buttons: "বোতাম",
    contact: "পরিচিতি",
    today: "আজ",
    ok: "ঠিক আছে",
    save: "ফাইল খুলুন",
    picture: "ছবি",

    commands: "নির্দেশ",
    latest: "সর্বশেষ বার্তায় যান",
  },
  ar: {
    menu: "القائمة",
    message: "رسالة",
    send: "إرسال",
    start: "ابدأ",
    edited: "معدّلة",
    bot: "بوت",
    typing: "يكتب…",
    unblock: "إلغاء حظر البوت",
    blocked: "لقد حظرت هذا البوت",
    fresh: "رسائل جديدة",
    more: "المزيد",
    copied: "تم النسخ",
    share: "مشاركة رقمي",
    block: "حظر البوت",
    language: "اللغة",
    can: "ماذا يستطيع هذا البوت؟",
    buttons: "أزرار",
    contact: "جهة اتصال",
    today: "اليوم",
    ok: "حسنًا",
    save: "فتح الملف",
    picture: "صورة",

    commands: "الأوامر",
    latest: "إلى أحدث رسالة",
  },
};

export const LANGUAGES = [
  ["en", "English"],
  ["bn", "বাংলা"],
  ["de", "Deutsch"],
  ["ar", "العربية"],
];

const base = (language) => (language || "en").split("-")[0];

export const say = (language, word) => (WORDS[base(language)] || WORDS.en)[word];

export const direction = (language) =>
  ["ar", "fa", "he", "ur"].includes(base(language)) ? "rtl" : "ltr";

export const languageName = (language) =>
  LANGUAGES.find(([code]) => code === base(language))?.[1] || language;
