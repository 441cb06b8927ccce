"""Frequent words that tell a language, by the name of PostgreSQL's text search configuration.

They are articles, prepositions, conjunctions, pronouns, auxiliary verbs and what asks. Those of a
language in `WITHOUT_STOP_WORDS` are left out of queries, too: PostgreSQL has no stop words of it.
Languages that PostgreSQL does not know are SIMPLE, and only told apart from the others.
"""

# ruff: noqa: RUF001 - letters of other scripts
from __future__ import annotations

SIMPLE = "simple"
LATIN = {
    "danish": """
        og i det at er en et til på som med de der den af for ikke har om men eller også kan blev
        fra når hvor hvad hvilken hvilket hvornår hvem sig var være efter ved
        """,
    "dutch": """
        de het een en van in is dat op te zijn met voor niet aan er om ook als bij door naar uit
        deze wordt worden wat hoe welke waar wanneer wie waarom heeft hebben werd kan kunnen je
        """,
    "english": """
        the of and to is in that it with for as was are be this by from or have an not which what
        how why who when where does do did can you your if at on has were their
        """,
    "finnish": """
        ja on ei se että oli joka mutta hän ovat myös kun tai mitä kuin sen mikä olla ole mukaan
        kuinka missä milloin kuka miksi jos sekä siitä
        """,
    "french": """
        le la les de des du un une et est en que qui dans pour par sur pas au aux avec ce il elle
        ne sont plus cette ou être quel quelle quels quelles comment où quand pourquoi combien
        était été ont a se
        """,
    "german": """
        der die das und ist in zu den von mit nicht ein eine einen einem einer im dem des auf für
        sich es auch als an wird werden wie was wer wo wann warum welche welcher welches oder sind
        war wurde wurden kann man bei nach aus durch
        """,
    "hungarian": """
        a az és hogy nem is egy volt meg ez azt de csak mint ami vagy már van ki mi mely milyen
        mikor hol hány hogyan melyik voltak
        """,
    "indonesian": """
        yang dan di dari untuk dengan ini itu adalah pada tidak dalam ke akan atau oleh juga sebagai
        apa bagaimana siapa kapan berapa mengapa dapat anda
        """,
    "italian": """
        il lo la gli le di del della dei delle che e in un una è per con non si da al alla nel nella
        sono come più anche quale quali quando dove chi perché cosa quanto era stato
        """,
    "norwegian": """
        og i det er på som en et av til med for at ikke har fra den de ble kan om også hva hvor
        hvilken hvilket hvem når være etter eller hvordan
        """,
    "portuguese": """
        o a os as de do da dos das que e em um uma é no na nos nas por com para se não mais ao como
        foi ou são qual quais quando onde quem quanto quantos pelo pela você
        """,
    "romanian": """
        și de în la a cu pe un o din care este nu ce se mai pentru au fost sau lui ale al prin
        dintre fi său câte câți cât ce cine unde când cum cărui care ai
        """,
    "spanish": """
        el la los las de del que y en un una es por con para se no su al lo como más fue son o pero
        qué cuál cuáles cómo cuándo dónde quién cuánto cuántos era han
        """,
    "swedish": """
        och i att det är en ett som på för av med den till har inte om från kan men eller också vad
        hur vilken vilket vilka när var vem varför
        """,
    "turkish": """
        ve bir bu da de için ile olarak olan daha çok en gibi ne kadar olduğu ancak veya hangi kaç
        nedir kim mi mı nasıl nerede zaman tarafından neden hangisi
        """,
}
LATIN_OTHERS = {
    "czech": "a je v na se s z že pro do od jako jsou by který která co jak kde kdy ale nebo při",
    "polish": """
        i w na z do się nie jest to że dla od przez o po jak są lub był była czy co kto gdzie kiedy
        który która jakie ile
        """,
    "vietnamese": """
        và của là có trong được cho không những các một với người đã này vào để từ khi ở gì nào ai
        đâu như bao nhiêu thế về bởi tại sao theo đó
        """,
}
"""Words of languages that PostgreSQL has no stems of; they count against the others."""
OTHER_SCRIPTS = {
    "arabic": """
        في من على إلى أن التي الذي هو هي ما كان عن مع هذا هذه لا و أو كم متى أين كيف ماذا لماذا هل
        أي كانت تم قد ذلك بين
        """,
    "greek": """
        και το να η του της των με για από που στο στη στην στον σε είναι ο οι τα την τον τη τις
        τους ένα μια ποια ποιο ποιος ποιες ποιοι ποιων πόσα πόσο πόσες πόσοι πώς πότε πού τι γιατί
        ήταν ως δεν θα ή
        """,
    "hindi": """
        के का की में है और से को पर ने कि एक यह हैं था थे थी इस वह लिए क्या कौन कितने कितना कितनी
        कब कहाँ कहां कैसे क्यों किस किसने किसके कौनसा जो तो भी या ही
        """,
    "russian": """
        и в не на что с по как это из к для от был была были его но или за при у о а так же какой
        какая какие каком сколько кто когда где почему чем является
        """,
}
WITHOUT_STOP_WORDS = ("arabic", "greek", "hindi", "romanian")
