"""What people write themselves, in the languages they speak: reviews, and what they type to search."""

from __future__ import annotations

from dataclasses import dataclass

from svp.generate.market import COUNTRIES
from svp.generate.randomness import cumulate

__all__ = ["PHRASEBOOKS", "SPOKEN", "SPOKEN_SHARES", "TONE_OF_STARS", "Phrasebook"]

TONE_OF_STARS = (0, 0, 1, 2, 2)
"""Which of the reasons and verdicts fit 1 to 5 stars: against it, both ways, for it."""


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """What one language has to say. A review is an opening, one or two reasons, perhaps a remark, perhaps a verdict."""

    language: str
    """As ISO 639-1 calls it."""
    gap: str
    """Between two sentences."""
    openings: tuple[tuple[str, ...], ...]
    """By stars, 1 to 5."""
    reasons: tuple[tuple[str, ...], ...]
    """By tone: against it, both ways, for it."""
    remarks: tuple[str, ...]
    """About the viewer, whatever the stars."""
    verdicts: tuple[tuple[str, ...], ...]
    """By tone, as the reasons."""
    vague_queries: tuple[str, ...]
    """Typed by who has no title in mind, the most frequent first; as many in each language."""
    genre_words: tuple[str, ...]
    """For each of ``people.GENRES``."""


ENGLISH = Phrasebook(
    language="en",
    gap=" ",
    openings=(
        ("Gave up after ten minutes.", "A waste of an evening.", "I do not understand the praise.",
         "Boring from start to end.", "Awful.", "One of the worst I have seen."),
        ("Could have been much better.", "Good idea, weak ending.", "Rather disappointing.",
         "Not for me.", "I expected more.", "Hard to finish."),
        ("Fine for a rainy day.", "Not bad, not great.", "Okay, but predictable.", "It has its moments.",
         "Average.", "You can watch it once."),
        ("Really enjoyed it.", "Better than I expected.", "Kept me watching.", "Would recommend it.",
         "Very good.", "A pleasant surprise."),
        ("Loved every minute.", "A masterpiece.", "Best thing I have seen this year.", "Perfect.",
         "More of this, please.", "Watched it twice already."),
    ),
    reasons=(
        ("The story makes no sense.", "The acting is wooden.", "Far too long.", "Nothing happens.",
         "The dialogue is painful.", "The cast deserves a better script.", "You can see the end coming."),
        ("Good cast, thin story.", "Strong start, slow middle.", "Lovely pictures, little behind them.",
         "We were split at home.", "The second half is better.", "A bit too long.", "Nice music at least."),
        ("The cast is wonderful.", "Beautifully filmed.", "The ending got me.", "Clever and funny.",
         "The music stays with you.", "I did not see that coming.", "Every character feels real."),
    ),
    remarks=(
        "Watched it with the family.", "Saw it on the train.", "My sister told me about it.", "Best late at night.",
        "The sound was a bit low.", "I will see what else there is.", "My neighbour would love it.",
        "I was on a long flight.", "We talked about it at breakfast.", "I had a cold and nothing to do.",
        "The subtitles helped a lot.", "My flatmate fell asleep next to me.",
    ),
    verdicts=(
        ("Skip it.", "I want my evening back.", "There are better ones here.", "One star for the music.",
         "Never again."),
        ("I might give it another chance.", "Your mileage may vary.", "Wait for a quiet weekend.",
         "Three out of five is fair.", "See for yourself."),
        ("Give it a go.", "I hope there is more.", "Already told my friends.", "Goes on my list of favourites.",
         "Do not miss it."),
    ),
    vague_queries=(
        "new movies", "what to watch tonight", "something funny", "best series", "kids movies", "scary movies",
        "based on a true story", "short series", "football live", "movies with subtitles", "christmas movies",
        "feel good", "90s movies", "true crime", "film with the dog", "cooking show", "space movie", "not too scary",
        "new this week", "heist movie", "whale documentary", "one from the advert", "harry", "asdf",
    ),
    genre_words=("action", "comedy", "drama", "thriller", "sci fi", "fantasy", "romance", "horror", "crime",
                 "cartoons", "family", "history", "nature", "sport", "news", "music"),
)  # fmt: skip

SPANISH = Phrasebook(
    language="es",
    gap=" ",
    openings=(
        ("La dejé a los diez minutos.", "Una pérdida de tiempo.", "No entiendo los elogios.",
         "Aburrida de principio a fin.", "Malísima.", "De lo peor que he visto."),
        ("Podría haber sido mucho mejor.", "Buena idea, final flojo.", "Bastante decepcionante.",
         "No es para mí.", "Esperaba más.", "Cuesta terminarla."),
        ("Vale para una tarde de lluvia.", "Ni buena ni mala.", "Entretenida, pero previsible.",
         "Tiene sus momentos.", "Normalita.", "Se deja ver."),
        ("Me gustó mucho.", "Mejor de lo que esperaba.", "Me enganchó.", "La recomiendo.", "Muy buena.",
         "Una grata sorpresa."),
        ("Me encantó de principio a fin.", "Una obra maestra.", "Lo mejor que he visto este año.",
         "Perfecta.", "Queremos más así.", "Ya la he visto dos veces."),
    ),
    reasons=(
        ("La historia no tiene sentido.", "Los actores no convencen.", "Se hace larguísima.",
         "No pasa nada.", "Los diálogos dan pena.", "El final se ve venir."),
        ("Buen reparto, poca historia.", "Empieza bien y luego se cae.", "Bonitas imágenes y poco más.",
         "En casa no nos pusimos de acuerdo.", "La segunda mitad es mejor.", "Le sobra media hora."),
        ("El reparto es maravilloso.", "Preciosa fotografía.", "El final me emocionó.",
         "Inteligente y divertida.", "La música se te queda.", "No me lo esperaba para nada."),
    ),
    remarks=(
        "La vimos en familia.", "La vi en el metro.", "Me la recomendó mi hermana.", "Mejor de noche.",
        "El sonido estaba un poco bajo.", "La puse en un vuelo largo.", "Lo comentamos en el desayuno.",
        "Estaba con gripe y sin planes.", "A mi vecina le encantaría.", "Los subtítulos ayudan mucho.",
        "Mi pareja se quedó dormida.",
    ),
    verdicts=(
        ("Mejor sáltatela.", "Quiero que me devuelvan la tarde.", "Hay cosas mejores aquí.", "No repito.",
         "Una estrella por la música."),
        ("Quizá le dé otra oportunidad.", "Va por gustos.", "Para un fin de semana tranquilo.", "Un aprobado justo.",
         "Juzga tú."),
        ("Dale una oportunidad.", "Ojalá haya más.", "Ya se la conté a mis amigos.", "Va a mi lista de favoritas.",
         "No te la pierdas."),
    ),
    vague_queries=(
        "peliculas nuevas", "series cortas", "peliculas de miedo", "algo gracioso", "futbol en vivo", "estrenos",
        "basada en hechos reales", "peliculas en español", "novelas", "para niños", "comedia romantica",
        "mejores series", "pelicula policia", "de los 90", "navidad", "que ver hoy", "cocina", "documental ballenas",
        "la del perro", "con subtitulos", "musica en vivo", "del espacio", "la del anuncio", "asdf",
    ),
    genre_words=("acción", "comedia", "drama", "suspenso", "ciencia ficción", "fantasía", "romance",
                 "terror", "policiaca", "dibujos animados", "familiar", "historia", "naturaleza", "deportes",
                 "noticias", "música"),
)  # fmt: skip

PORTUGUESE = Phrasebook(
    language="pt",
    gap=" ",
    openings=(
        ("Desisti depois de dez minutos.", "Perda de tempo.", "Não entendo os elogios.",
         "Chato do começo ao fim.", "Péssimo.", "Um dos piores que já vi."),
        ("Podia ser bem melhor.", "Boa ideia, final fraco.", "Decepcionante.", "Não é para mim.",
         "Esperava mais.", "Difícil de terminar."),
        ("Bom para um dia de chuva.", "Nem bom nem ruim.", "Legal, mas previsível.",
         "Tem seus momentos.", "Mediano.", "Dá para assistir uma vez."),
        ("Gostei muito.", "Melhor do que eu esperava.", "Me prendeu.", "Recomendo.", "Muito bom.",
         "Uma boa surpresa."),
        ("Amei cada minuto.", "Uma obra-prima.", "A melhor coisa que vi este ano.", "Perfeito.",
         "Quero mais assim.", "Já assisti duas vezes."),
    ),
    reasons=(
        ("A história não faz sentido.", "Os atores não convencem.", "Longo demais.", "Não acontece nada.",
         "Os diálogos são fracos.", "Dá para adivinhar o final."),
        ("Bom elenco, pouca história.", "Começa bem e depois cai.", "Imagens bonitas e pouco mais.",
         "Em casa cada um achou uma coisa.", "A segunda metade é melhor.", "Um pouco longo."),
        ("O elenco é maravilhoso.", "Fotografia linda.", "O final me emocionou.",
         "Inteligente e divertido.", "A música fica na cabeça.", "Não esperava aquela virada."),
    ),
    remarks=(
        "Vimos em família.", "Assisti no ônibus.", "Minha irmã indicou.", "Melhor à noite.",
        "O som estava um pouco baixo.", "Vi num voo longo.", "Conversamos sobre ele no café da manhã.",
        "Eu estava gripado e sem planos.", "Minha vizinha ia adorar.", "As legendas ajudam muito.",
        "Quem estava comigo dormiu.",
    ),
    verdicts=(
        ("Melhor pular.", "Quero minha noite de volta.", "Tem coisa melhor aqui.", "Nunca mais.",
         "Uma estrela pela música."),
        ("Talvez eu dê outra chance.", "Vai do gosto.", "Para um fim de semana calmo.", "Nota três é justa.",
         "Veja e decida."),
        ("Dê uma chance.", "Tomara que tenha mais.", "Já contei para os amigos.", "Vai para os meus favoritos.",
         "Não perca."),
    ),
    vague_queries=(
        "filmes novos", "lançamentos", "séries curtas", "filme de terror", "algo engraçado", "futebol ao vivo",
        "novela", "filme dublado", "baseado em fatos reais", "desenho para criança", "comédia romântica",
        "melhores séries", "filme de natal", "o que assistir hoje", "anos 90", "policial", "culinária",
        "show ao vivo", "documentário baleias", "filme do cachorro", "com legenda", "filme de espaço",
        "aquele da propaganda", "asdf",
    ),
    genre_words=("ação", "comédia", "drama", "suspense", "ficção científica", "fantasia", "romance",
                 "terror", "policial", "desenho", "família", "história", "natureza", "esporte", "notícias",
                 "música"),
)  # fmt: skip

GERMAN = Phrasebook(
    language="de",
    gap=" ",
    openings=(
        ("Nach zehn Minuten ausgemacht.", "Verlorene Zeit.", "Ich verstehe das Lob nicht.",
         "Langweilig von Anfang bis Ende.", "Furchtbar.", "Selten so etwas Schlechtes gesehen."),
        ("Da wäre mehr drin gewesen.", "Gute Idee, schwaches Ende.", "Eher enttäuschend.",
         "Nichts für mich.", "Ich hatte mehr erwartet.", "Mühsam bis zum Schluss."),
        ("Gut für einen Regentag.", "Weder gut noch schlecht.", "Ganz nett, aber vorhersehbar.",
         "Hat seine Momente.", "Durchschnitt.", "Kann man einmal sehen."),
        ("Hat mir sehr gefallen.", "Besser als gedacht.", "Bis zum Ende drangeblieben.",
         "Empfehlenswert.", "Sehr gut.", "Eine schöne Überraschung."),
        ("Jede Minute genossen.", "Ein Meisterwerk.", "Das Beste in diesem Jahr.", "Perfekt.",
         "Bitte mehr davon.", "Schon zweimal gesehen."),
    ),
    reasons=(
        ("Die Handlung ergibt keinen Sinn.", "Hölzern gespielt.", "Viel zu lang.", "Es passiert nichts.",
         "Die Dialoge tun weh.", "Das Ende ahnt man früh."),
        ("Gute Besetzung, dünne Handlung.", "Starker Anfang, zäher Mittelteil.",
         "Schöne Bilder, wenig dahinter.", "Wir waren uns zu Hause nicht einig.",
         "Die zweite Hälfte ist besser.", "Etwas zu lang."),
        ("Wunderbar besetzt.", "Großartig gefilmt.", "Das Ende hat mich gepackt.", "Klug und witzig.",
         "Die Musik bleibt im Kopf.", "Damit hatte ich nicht gerechnet."),
    ),
    remarks=(
        "Mit der Familie gesehen.", "Im Zug geschaut.", "Ein Tipp meiner Schwester.", "Am besten spät abends.",
        "Der Ton war etwas leise.", "Auf einem langen Flug gesehen.", "Beim Frühstück noch darüber geredet.",
        "Ich lag mit Grippe auf dem Sofa.", "Meine Nachbarin würde es lieben.", "Die Untertitel helfen sehr.",
        "Neben mir ist jemand eingeschlafen.",
    ),
    verdicts=(
        ("Lieber auslassen.", "Schade um den Abend.", "Hier gibt es Besseres.", "Nie wieder.",
         "Ein Stern für die Musik."),
        ("Vielleicht bekommt es noch eine Chance.", "Geschmackssache.", "Für ein ruhiges Wochenende.",
         "Drei Sterne sind fair.", "Selbst ein Bild machen."),
        ("Unbedingt ansehen.", "Hoffentlich kommt mehr.", "Schon weiterempfohlen.", "Kommt auf meine Liste.",
         "Nicht verpassen."),
    ),
    vague_queries=(
        "neue filme", "gute serie", "was heute schauen", "etwas lustiges", "krimi", "kurze serien", "fußball live",
        "horrorfilme", "wahre begebenheit", "kinderfilme", "weihnachtsfilm", "tatort", "liebeskomödie",
        "neu diese woche", "90er filme", "kinderlieder", "kochsendung", "doku wale", "mit untertitel",
        "film mit dem hund", "film im weltraum", "konzert", "der aus der werbung", "asdf",
    ),
    genre_words=("action", "komödie", "drama", "thriller", "science fiction", "fantasy", "liebesfilm",
                 "horror", "krimi", "zeichentrick", "familienfilm", "geschichte", "natur", "sport",
                 "nachrichten", "musik"),
)  # fmt: skip

FRENCH = Phrasebook(
    language="fr",
    gap=" ",
    openings=(
        ("Arrêté au bout de dix minutes.", "Une soirée perdue.", "Je ne comprends pas les éloges.",
         "Ennuyeux du début à la fin.", "Nul.", "Rarement vu aussi mauvais."),
        ("Peut mieux faire.", "Bonne idée, fin ratée.", "Plutôt décevant.", "Pas pour moi.",
         "Je m'attendais à mieux.", "Dur d'aller au bout."),
        ("Bien pour un jour de pluie.", "Ni bon ni mauvais.", "Sympa mais prévisible.",
         "Il y a de bons moments.", "Moyen.", "À voir une fois."),
        ("J'ai beaucoup aimé.", "Mieux que prévu.", "On reste accroché.", "Je recommande.", "Très bon.",
         "Une belle surprise."),
        ("Adoré chaque minute.", "Un chef-d'œuvre.", "Ce que j'ai vu de mieux cette année.", "Parfait.",
         "On en redemande.", "Déjà vu deux fois."),
    ),
    reasons=(
        ("L'histoire ne tient pas debout.", "C'est mal joué.", "Beaucoup trop long.",
         "Il ne se passe rien.", "Les dialogues sont pénibles.", "On devine la fin."),
        ("Bons acteurs, histoire mince.", "Un bon début, puis ça traîne.", "De belles images, sans plus.",
         "À la maison, les avis sont partagés.", "La seconde moitié est meilleure.", "Un peu long."),
        ("Les acteurs sont formidables.", "Superbement filmé.", "La fin m'a ému.",
         "Intelligent et drôle.", "La musique reste en tête.", "Je n'ai rien vu venir."),
    ),
    remarks=(
        "Vu en famille.", "Regardé dans le train.", "Ma sœur m'en avait parlé.", "À voir le soir.",
        "Le son était un peu faible.", "Vu pendant un long vol.", "On en a parlé au petit déjeuner.",
        "J'avais la grippe et rien à faire.", "Ma voisine adorerait.", "Les sous-titres aident beaucoup.",
        "On s'est endormi à côté de moi.",
    ),
    verdicts=(
        ("À éviter.", "Rendez-moi ma soirée.", "Il y a mieux ici.", "Plus jamais.", "Une étoile pour la musique."),
        ("Je lui laisserai peut-être une autre chance.", "Affaire de goût.", "Pour un week-end calme.",
         "Trois étoiles, c'est juste.", "À vous de voir."),
        ("Laissez-vous tenter.", "Vivement la suite.", "J'en ai déjà parlé à mes amis.", "Dans ma liste de favoris.",
         "À ne pas manquer."),
    ),
    vague_queries=(
        "nouveaux films", "meilleure série", "quoi regarder ce soir", "séries courtes", "quelque chose de drôle",
        "film d'horreur", "foot en direct", "histoire vraie", "film français", "dessin animé enfant",
        "comédie romantique", "film noel", "nouveautés", "policier", "années 90", "sous-titré", "recettes",
        "docu baleines", "film avec le chien", "concert", "film dans l'espace", "pas trop triste", "celui de la pub",
        "asdf",
    ),
    genre_words=("action", "comédie", "drame", "thriller", "science-fiction", "fantastique", "romance",
                 "horreur", "policier", "dessin animé", "famille", "histoire", "nature", "sport", "infos",
                 "musique"),
)  # fmt: skip

JAPANESE = Phrasebook(
    language="ja",
    gap="",
    openings=(
        ("十分でやめました。", "時間の無駄でした。", "評判の理由が分かりません。", "最初から最後まで退屈。",
         "ひどい。", "今までで最低かも。"),
        ("もっと良くできたはず。", "発想は良いが結末が弱い。", "期待外れ。", "自分には合わなかった。",
         "もう少し期待していた。", "最後まで見るのがつらい。"),
        ("雨の日にちょうどいい。", "良くも悪くもない。", "面白いけど先が読める。", "良い場面もある。",
         "普通。", "一度見れば十分。"),
        ("とても楽しめた。", "思ったより良かった。", "つい最後まで見てしまった。", "おすすめです。",
         "とても良い。", "うれしい驚き。"),
        ("最初から最後まで最高。", "傑作。", "今年いちばんの作品。", "完璧。", "もっと見たい。",
         "もう二回見ました。"),
    ),
    reasons=(
        ("話の筋が通らない。", "演技が硬い。", "長すぎる。", "何も起こらない。", "台詞が不自然。", "結末が読める。"),
        ("俳優は良いが話が薄い。", "出だしは良いが中だるみ。", "映像はきれい。", "家族で意見が分かれた。",
         "後半の方が良い。", "少し長い。"),
        ("俳優がすばらしい。", "映像が美しい。", "結末に泣いた。", "笑えて考えさせられる。", "音楽が耳に残る。",
         "展開に驚いた。"),
    ),
    remarks=(
        "家族で見ました。", "電車で見ました。", "妹にすすめられて。", "夜に見るのがいい。", "音が少し小さかった。",
        "長いフライトで見ました。", "朝ごはんのときに話題になりました。",
        "風邪で寝ていた日に見ました。", "隣の人が好きそうです。", "字幕があって助かりました。",
        "隣で家族が寝ていました。",
    ),
    verdicts=(
        ("見なくていいです。", "時間を返してほしい。", "他にもっと良い作品がある。", "二度と見ない。",
         "音楽だけは良い。"),
        ("もう一度見るかもしれない。", "好みによると思う。", "静かな週末向け。", "星三つが妥当。", "自分で確かめて。"),
        ("ぜひ見てください。", "続きを期待。", "友人にもすすめました。", "お気に入りに入れました。", "見逃さないで。"),
    ),
    vague_queries=(
        "新作映画", "おすすめ", "アニメ", "笑える", "泣ける映画", "短いドラマ", "実話", "サッカー 生中継", "ホラー",
        "子供向け", "恋愛ドラマ", "名作", "今日見る",
        "刑事ドラマ", "クリスマス 映画", "料理番組", "字幕", "90年代", "子供の歌", "犬の映画", "宇宙の映画", "ライブ",
        "くじら", "あああ",
    ),
    genre_words=("アクション", "コメディ", "ドラマ", "サスペンス", "sf", "ファンタジー", "恋愛", "ホラー",
                 "刑事", "アニメ", "家族", "歴史", "自然", "スポーツ", "ニュース", "音楽"),
)  # fmt: skip

VIETNAMESE = Phrasebook(
    language="vi",
    gap=" ",
    openings=(
        ("Xem mười phút rồi tắt.", "Phí thời gian.", "Không hiểu sao được khen.", "Chán từ đầu đến cuối.",
         "Quá tệ.", "Dở nhất từng xem."),
        ("Lẽ ra phải hay hơn.", "Ý tưởng hay, kết dở.", "Hơi thất vọng.", "Không hợp với mình.",
         "Mình mong đợi hơn.", "Xem mãi mới hết."),
        ("Xem ngày mưa thì được.", "Không hay không dở.", "Tạm được, dễ đoán.", "Cũng có đoạn hay.",
         "Bình thường.", "Xem một lần thôi."),
        ("Mình rất thích.", "Hay hơn mình nghĩ.", "Xem cuốn lắm.", "Nên xem.", "Rất hay.",
         "Bất ngờ thú vị."),
        ("Thích từng phút một.", "Kiệt tác.", "Hay nhất năm nay.", "Tuyệt vời.", "Mong có thêm nữa.",
         "Đã xem hai lần rồi."),
    ),
    reasons=(
        ("Cốt truyện vô lý.", "Diễn xuất gượng.", "Dài quá.", "Chẳng có gì xảy ra.", "Lời thoại dở.",
         "Đoán được kết thúc."),
        ("Diễn viên tốt, truyện mỏng.", "Đầu hay, giữa chậm.", "Hình đẹp, nội dung ít.",
         "Cả nhà mỗi người một ý.", "Nửa sau hay hơn.", "Hơi dài."),
        ("Diễn viên tuyệt vời.", "Quay rất đẹp.", "Đoạn kết cảm động.", "Thông minh và hài hước.",
         "Nhạc phim rất hay.", "Không ngờ luôn."),
    ),
    remarks=(
        "Xem cùng gia đình.", "Xem trên xe buýt.", "Chị mình giới thiệu.", "Nên xem buổi tối.", "Âm thanh hơi nhỏ.",
        "Xem trên chuyến bay dài.", "Cả nhà bàn về phim lúc ăn sáng.", "Hôm đó mình ốm, không có việc gì làm.",
        "Hàng xóm chắc sẽ thích.", "Có phụ đề nên dễ xem.", "Người xem cùng ngủ mất.",
    ),
    verdicts=(
        ("Bỏ qua đi.", "Tiếc cả buổi tối.", "Ở đây có phim hay hơn.", "Không xem lại.", "Một sao cho phần nhạc."),
        ("Chắc sẽ cho cơ hội nữa.", "Tùy gu mỗi người.", "Hợp cuối tuần rảnh rỗi.", "Ba sao là vừa.",
         "Tự xem rồi biết."),
        ("Xem thử đi.", "Mong có phần tiếp.", "Đã kể cho bạn bè.", "Cho vào danh sách yêu thích.", "Đừng bỏ lỡ."),
    ),
    vague_queries=(
        "phim mới", "phim hài hay", "phim bộ ngắn", "bóng đá trực tiếp", "phim lẻ hay nhất", "phim thuyết minh",
        "phim ma", "chuyện có thật", "hoạt hình cho bé", "phim tình cảm", "phim tết", "tối nay xem gì",
        "nhạc thiếu nhi", "phim hình sự", "nấu ăn", "phim gia đình", "phụ đề", "phim cũ", "phim vũ trụ",
        "phim có con chó", "ca nhạc", "cá voi", "phim trong quảng cáo", "asdf",
    ),
    genre_words=("hành động", "hài", "chính kịch", "giật gân", "viễn tưởng", "thần thoại", "tình cảm",
                 "kinh dị", "hình sự", "hoạt hình", "gia đình", "lịch sử", "thiên nhiên", "thể thao",
                 "tin tức", "âm nhạc"),
)  # fmt: skip

HINDI = Phrasebook(
    language="hi",
    gap=" ",
    openings=(
        ("दस मिनट में बंद कर दी।", "समय की बर्बादी।", "तारीफ़ समझ नहीं आई।", "शुरू से अंत तक उबाऊ।", "बेकार।",
         "अब तक की सबसे ख़राब।"),
        ("इससे बेहतर हो सकती थी।", "सोच अच्छी, अंत कमज़ोर।", "निराश किया।", "मेरे लिए नहीं है।",
         "ज़्यादा उम्मीद थी।", "पूरी देखना मुश्किल।"),
        ("बारिश के दिन के लिए ठीक।", "न अच्छी न बुरी।", "ठीक है, पर अंदाज़ा हो जाता है।", "कुछ पल अच्छे हैं।",
         "औसत।", "एक बार देख सकते हैं।"),
        ("बहुत पसंद आई।", "उम्मीद से बेहतर।", "आख़िर तक बाँधे रखा।", "ज़रूर देखिए।", "बहुत अच्छी।",
         "सुखद आश्चर्य।"),
        ("हर पल शानदार।", "लाजवाब।", "इस साल की सबसे अच्छी।", "एकदम सही।", "ऐसी और चाहिए।",
         "दो बार देख चुका हूँ।"),
    ),
    reasons=(
        ("कहानी में दम नहीं।", "अभिनय कमज़ोर है।", "बहुत लंबी है।", "कुछ होता ही नहीं।", "संवाद ख़राब हैं।",
         "अंत पहले ही पता चल जाता है।"),
        ("कलाकार अच्छे, कहानी पतली।", "शुरुआत अच्छी, बीच में धीमी।", "दृश्य सुंदर, बाक़ी साधारण।",
         "घर में सबकी राय अलग थी।", "दूसरा हिस्सा बेहतर है।", "थोड़ी लंबी है।"),
        ("सभी कलाकार कमाल के हैं।", "बहुत सुंदर फ़िल्माई गई।", "अंत ने रुला दिया।", "समझदार और मज़ेदार।",
         "संगीत याद रहता है।", "ऐसा सोचा नहीं था।"),
    ),
    remarks=(
        "परिवार के साथ देखी।", "ट्रेन में देखी।", "बहन ने बताया था।", "रात में देखिए।", "आवाज़ थोड़ी कम थी।",
        "लंबी उड़ान में देखी।", "नाश्ते पर इसी की बात हुई।", "बुख़ार था और कोई काम नहीं था।", "पड़ोसी को पसंद आएगी।",
        "सबटाइटल से मदद मिली।", "साथ वाले सो गए।",
    ),
    verdicts=(
        ("छोड़ दीजिए।", "शाम ख़राब हो गई।", "यहाँ इससे अच्छी हैं।", "दोबारा कभी नहीं।", "संगीत के लिए एक तारा।"),
        ("शायद एक मौक़ा और दूँ।", "अपनी-अपनी पसंद।", "आराम वाले दिन के लिए।", "तीन तारे ठीक हैं।",
         "ख़ुद देखकर तय कीजिए।"),
        ("एक बार देखिए तो।", "और भाग आने चाहिए।", "दोस्तों को बता दिया।", "मेरी पसंदीदा सूची में।", "छोड़िए मत।"),
    ),
    vague_queries=(
        "नई फ़िल्में", "हिंदी फ़िल्म", "कुछ मज़ेदार", "क्रिकेट लाइव", "सबसे अच्छी सीरीज़", "छोटी सीरीज़",
        "सच्ची कहानी", "डरावनी फ़िल्म", "बच्चों के गाने", "कॉमेडी शो", "रोमांटिक फ़िल्म", "पुराने गाने",
        "आज क्या देखें", "कार्टून", "खाना बनाना", "परिवार के साथ", "पुलिस वाली", "हिंदी में", "90 के दशक",
        "कुत्ते वाली फ़िल्म", "अंतरिक्ष", "लाइव संगीत", "व्हेल", "asdf",
    ),
    genre_words=("एक्शन", "कॉमेडी", "ड्रामा", "थ्रिलर", "साइंस फ़िक्शन", "फ़ैंटेसी", "रोमांस", "हॉरर", "क्राइम",
                 "कार्टून", "पारिवारिक", "इतिहास", "प्रकृति", "खेल", "समाचार", "संगीत"),
)  # fmt: skip

PHRASEBOOKS = (ENGLISH, SPANISH, PORTUGUESE, GERMAN, FRENCH, JAPANESE, VIETNAMESE, HINDI)

SPOKEN = {
    "en_US": {"en": 0.90, "es": 0.10},
    "es_MX": {"es": 0.97, "en": 0.03},
    "pt_BR": {"pt": 0.97, "en": 0.03},
    "en_GB": {"en": 1.0},
    "de_DE": {"de": 0.94, "en": 0.06},
    "fr_FR": {"fr": 0.96, "en": 0.04},
    "es_ES": {"es": 0.96, "en": 0.04},
    "en_IN": {"en": 0.60, "hi": 0.40},
    "ja_JP": {"ja": 0.98, "en": 0.02},
    "vi_VN": {"vi": 0.95, "en": 0.05},
}
"""Of each locale's people, those who write in a language; assumed."""

SPOKEN_SHARES = cumulate(
    [
        [SPOKEN[country.locale].get(book.language, 0.0) for book in PHRASEBOOKS]
        for country in COUNTRIES
    ]
)
"""Cumulative by language, by country."""
