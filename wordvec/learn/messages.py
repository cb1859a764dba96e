"""The checker's messages in the languages of the course: English, Korean, Japanese. Names in braces are filled in."""

from __future__ import annotations

LANGUAGES = ("en", "ko", "ja")
MESSAGES: dict[str, tuple[str, str, str]] = {
    "right": ("right", "맞습니다", "正解です"),
    "not_numbers": (
        "a number or a list of numbers is expected; got {got}",
        "숫자나 숫자의 리스트를 써 주세요. 받은 것: {got}",
        "数か数のリストを入れてください。受け取ったもの: {got}",
    ),
    "not_a_function": (
        "a function is expected, such as lambda x, dout: ...; got {got}",
        "lambda x, dout: ... 같은 함수를 써 주세요. 받은 것: {got}",
        "lambda x, dout: ... のような関数を入れてください。受け取ったもの: {got}",
    ),
    "raises": (
        "your function raises an error: {error}",
        "함수가 오류를 냈습니다: {error}",
        "関数がエラーを出しました: {error}",
    ),
    "not_finite": (
        "the answer holds inf or nan: something was divided by 0, or a logarithm of 0 was taken",
        "답에 inf나 nan이 있습니다. 0으로 나누었거나 0의 로그를 구한 것입니다",
        "答えに inf か nan があります。0 で割ったか、0 の対数を取っています",
    ),
    "shape": (
        "the shape is {got}, but {expected} is expected",
        "모양이 {got}입니다. {expected}이어야 합니다",
        "形が {got} です。{expected} になるはずです",
    ),
    "transposed": (
        "rows and columns are exchanged: this is the transpose of the answer",
        "행과 열이 뒤바뀌었습니다. 답의 전치 행렬입니다",
        "行と列が入れ替わっています。答えの転置行列です",
    ),
    "sign": (
        "the size is right, the sign is not",
        "크기는 맞지만 부호가 반대입니다",
        "大きさは合っていますが、符号が逆です",
    ),
    "reversed": (
        "the numbers are right, but in the opposite order",
        "숫자는 맞지만 순서가 거꾸로입니다",
        "数は合っていますが、順序が逆です",
    ),
    "log_base": (
        "the answer is in logarithms of the other base: natural logarithm and base 2 differ by the factor 0.693",
        "로그의 밑이 다릅니다. 자연로그와 밑이 2인 로그는 0.693배 차이가 납니다",
        "対数の底が違います。自然対数と底 2 の対数は 0.693 倍の差です",
    ),
    "factor": (
        "every number is {factor} times the right one: look for a division or a multiplication that is missing",
        "모든 수가 정답의 {factor}배입니다. 빠진 나눗셈이나 곱셈이 없는지 보세요",
        "すべての数が正解の {factor} 倍です。抜けている割り算か掛け算を探してください",
    ),
    "entries": (
        "{wrong} of {all} numbers are wrong; the first is at {place}: {value} {than} the right one",
        "{all}개 중 {wrong}개가 틀렸습니다. 첫째는 {place}: {value} {than} 정답",
        "{all} 個のうち {wrong} 個が違います。最初は {place}: {value} {than} 正解",
    ),
    "number": ("{value} {than} the right number", "{value} {than} 정답", "{value} {than} 正解"),
    "no_bias": (
        "this is the weighted sum; the bias still has to be added",
        "가중합까지는 맞습니다. 편향을 더해야 합니다",
        "重み付き和までは合っています。バイアスを足してください",
    ),
    "shape_of_W": (
        "this is the shape of W; y has the rows of x and the columns of W",
        "이것은 W의 모양입니다. y의 행은 x에서, 열은 W에서 옵니다",
        "これは W の形です。y の行数は x から、列数は W から来ます",
    ),
    "absolute_value": (
        "this is the absolute value; ReLU turns negative numbers into 0",
        "이것은 절댓값입니다. ReLU는 음수를 0으로 만듭니다",
        "これは絶対値です。ReLU は負の数を 0 にします",
    ),
    "sigmoid_of_minus": (
        "this is sigmoid(-x): in 1 / (1 + exp(-x)) the sign of x was lost",
        "이것은 sigmoid(-x)입니다. 1 / (1 + exp(-x))에서 x의 부호를 확인하세요",
        "これは sigmoid(-x) です。1 / (1 + exp(-x)) の x の符号を確かめてください",
    ),
    "not_exponential": (
        "check exp(-log 3): it is 1/3",
        "exp(-log 3)을 다시 계산해 보세요. 1/3입니다",
        "exp(-log 3) を計算し直してください。1/3 です",
    ),
    "product_order": (
        "this is the product in the other order; x is multiplied by the first layer's matrix first, so it goes left",
        "곱하는 순서가 반대입니다. x가 첫 층의 행렬을 먼저 만나므로 그 행렬이 왼쪽에 옵니다",
        "掛ける順序が逆です。x は最初の層の行列に先に出会うので、その行列が左に来ます",
    ),
    "not_divided": (
        "these are the exponentials; divide them by their sum",
        "지수 함수의 값까지는 맞습니다. 그 합으로 나누세요",
        "指数関数の値までは合っています。その合計で割ってください",
    ),
    "not_exp": (
        "scores have to go through exp before they are divided by their sum",
        "합으로 나누기 전에 점수를 exp에 통과시켜야 합니다",
        "合計で割る前に、スコアを exp に通す必要があります",
    ),
    "sum_not_mean": (
        "this is the sum over the examples; the loss is their mean, so divide by the number of examples",
        "이것은 예제들의 합입니다. 손실은 평균이므로 예제의 수로 나누세요",
        "これは例についての和です。損失は平均なので、例の数で割ってください",
    ),
    "base_ten": (
        "this is the logarithm of base 10; the loss uses the natural logarithm, np.log",
        "이것은 상용로그입니다. 손실은 자연로그 np.log를 씁니다",
        "これは常用対数です。損失は自然対数 np.log を使います",
    ),
    "not_logarithm": (
        "this is the probability; the loss is its negative logarithm",
        "이것은 확률입니다. 손실은 확률의 로그에 음의 부호를 붙인 것입니다",
        "これは確率です。損失は確率の対数に負号を付けたものです",
    ),
    "value_not_slope": (
        "this is the value of the function; the exercise asks for its slope",
        "이것은 함수의 값입니다. 기울기를 구하세요",
        "これは関数の値です。傾きを求めてください",
    ),
    "term_missing": ("the derivative of 3 x was left out", "3 x의 미분이 빠졌습니다", "3 x の微分が抜けています"),
    "one_sided": (
        "this is the one-sided difference; the central one uses x + step and x - step, and divides by 2 step",
        "이것은 한쪽 차분입니다. 중심 차분은 x + step과 x - step을 쓰고 2 step으로 나눕니다",
        "これは片側差分です。中心差分は x + step と x - step を使い、2 step で割ります",
    ),
    "other_factor": (
        "the derivative with respect to w is the other factor, x + y",
        "w로 미분한 값은 다른 인수 x + y입니다",
        "w による微分はもう一方の因子 x + y です",
    ),
    "mean_not_sum": (
        "this is the mean; the gradients of all copies add up",
        "이것은 평균입니다. 모든 복사본의 기울기는 더해집니다",
        "これは平均です。すべてのコピーの勾配は足し合わされます",
    ),
    "absolute_error": (
        "this is the absolute error; divide it by the size of the numeric gradient",
        "이것은 절대 오차입니다. 수치 기울기의 크기로 나누세요",
        "これは絶対誤差です。数値勾配の大きさで割ってください",
    ),
    "forgot_dout": (
        "the slope is right, but backward must multiply it by dout, the gradient from the layer above",
        "기울기는 맞지만, 위에서 내려온 기울기 dout을 곱해야 합니다",
        "傾きは合っていますが、上から来た勾配 dout を掛ける必要があります",
    ),
    "power_lost": (
        "the derivative of x^3 is 3 x^2: the power falls by one",
        "x^3의 미분은 3 x^2입니다. 지수는 1만 줄어듭니다",
        "x^3 の微分は 3 x^2 です。指数は 1 だけ減ります",
    ),
    "in_64": (
        "this is for float64; take the eps of float32",
        "이것은 float64의 값입니다. float32의 eps를 쓰세요",
        "これは float64 の値です。float32 の eps を使ってください",
    ),
    "uphill": (
        "the step goes uphill: the gradient is subtracted, not added",
        "오르막으로 갔습니다. 기울기는 더하지 않고 뺍니다",
        "上り坂へ進んでいます。勾配は足すのではなく引きます",
    ),
    "no_learning_rate": (
        "the gradient was subtracted without the learning rate",
        "학습률을 곱하지 않고 기울기를 뺐습니다",
        "学習率を掛けずに勾配を引いています",
    ),
    "no_memory": (
        "these are two plain steps; with momentum the second keeps 0.9 of the first",
        "단순한 두 걸음입니다. 모멘텀에서는 둘째 걸음에 첫째의 0.9가 남습니다",
        "単純な 2 歩です。モメンタムでは 2 歩目に 1 歩目の 0.9 が残ります",
    ),
    "velocity": (
        "this is only the second velocity; W has moved by both",
        "이것은 둘째 속도입니다. W는 두 속도를 합한 만큼 움직입니다",
        "これは 2 番目の速度だけです。W は両方の速度の分だけ動きます",
    ),
    "variance": (
        "this is the variance; the standard deviation is its root",
        "이것은 분산입니다. 표준편차는 그 제곱근입니다",
        "これは分散です。標準偏差はその平方根です",
    ),
    "no_two": (
        "He's variance is 2 / fan_in, twice the variance for a linear layer",
        "He의 분산은 2 / fan_in으로, 선형 층의 두 배입니다",
        "He の分散は 2 / fan_in で、線形の層の 2 倍です",
    ),
    "swapped_measures": (
        "precision and recall are exchanged: precision divides by the column, what was predicted as 1",
        "정밀도와 재현율이 바뀌었습니다. 정밀도는 열, 곧 1이라고 예측한 수로 나눕니다",
        "適合率と再現率が入れ替わっています。適合率は列、つまり 1 と予測した数で割ります",
    ),
    "stop_epoch": (
        "training stops here, but the parameters of the best epoch are kept",
        "학습은 여기서 멈추지만, 남기는 것은 가장 좋았던 에폭의 매개변수입니다",
        "学習はここで止まりますが、残すのは最も良かったエポックのパラメータです",
    ),
    "from_zero": (
        "counted from 0; the exercise counts epochs from 1",
        "0부터 센 값입니다. 문제는 에폭을 1부터 셉니다",
        "0 から数えています。問題ではエポックを 1 から数えます",
    ),
    "one_fold": (
        "this is the part that is held out; training uses the others",
        "이것은 떼어 둔 부분의 크기입니다. 나머지로 학습합니다",
        "これは取り分けた部分です。学習には残りを使います",
    ),
    "one_side_only": (
        "only the words on the right were counted; the window has two sides",
        "오른쪽 단어만 셌습니다. 윈도우는 양쪽입니다",
        "右側の単語だけを数えています。ウィンドウは両側です",
    ),
    "dot_not_cosine": (
        "this is the dot product; divide it by both lengths",
        "이것은 내적입니다. 두 길이로 나누세요",
        "これは内積です。両方の長さで割ってください",
    ),
    "natural": (
        "this is in natural logarithms; the exercise asks for base 2",
        "자연로그로 구한 값입니다. 문제는 밑이 2인 로그를 묻습니다",
        "自然対数での値です。問題は底 2 の対数を求めています",
    ),
    "has_target": (
        "the word in the middle is the target; contexts are the others",
        "가운데 단어는 타깃입니다. 맥락은 나머지 단어입니다",
        "中央の単語はターゲットです。コンテキストは残りの単語です",
    ),
    "targets": (
        "these are the targets; the contexts are the words around them",
        "이것은 타깃입니다. 맥락은 그 양옆에 있습니다",
        "これはターゲットです。コンテキストはその両隣にあります",
    ),
    "sum_not_mean_h": (
        "this is the sum of the rows; h is their mean",
        "이것은 행들의 합입니다. h는 평균입니다",
        "これは行の和です。h は平均です",
    ),
    "one_term": (
        "this is one term; there is one for the target and one for each negative",
        "이것은 항 하나입니다. 타깃에 하나, 네거티브마다 하나씩 있습니다",
        "これは 1 項だけです。ターゲットに 1 つ、負例ごとに 1 つずつあります",
    ),
    "target_term": (
        "these are only the negatives; the target has a term too",
        "네거티브만 더했습니다. 타깃의 항도 있습니다",
        "負例だけです。ターゲットの項もあります",
    ),
    "pair_once": (
        "each pair was counted once; each of its words is a centre in turn",
        "쌍을 한 번씩만 셌습니다. 두 단어가 번갈아 중심이 됩니다",
        "各組を 1 回だけ数えています。2 つの単語はどちらも中心になります",
    ),
    "all_pairs": (
        "the first and the last word are two apart, outside window 1",
        "첫 단어와 끝 단어는 둘만큼 떨어져 있어 윈도우 1 밖입니다",
        "最初と最後の単語は 2 つ離れていて、ウィンドウ 1 の外です",
    ),
    "only_root": (
        "this is sqrt(t / f); the formula adds t / f to it",
        "이것은 sqrt(t / f)입니다. 식에서는 t / f를 더합니다",
        "これは sqrt(t / f) です。式ではこれに t / f を足します",
    ),
    "dropped": (
        "this is the share that is dropped; the exercise asks for the share that is kept",
        "이것은 버려지는 비율입니다. 남는 비율을 구하세요",
        "これは捨てられる割合です。残る割合を求めてください",
    ),
    "no_power": (
        "the counts were not raised to the power 0.75",
        "빈도를 0.75제곱하지 않았습니다",
        "頻度を 0.75 乗していません",
    ),
    "not_probabilities": (
        "the powers are right; divide them by their sum",
        "제곱까지는 맞습니다. 합으로 나누세요",
        "べき乗までは合っています。合計で割ってください",
    ),
    "analogy_order": (
        "check the signs: king - man + woman",
        "부호를 확인하세요. king - man + woman입니다",
        "符号を確かめてください。king - man + woman です",
    ),
    "no_1_96": (
        "this is one standard error; a 95 % interval takes 1.96 of them",
        "표준오차 하나입니다. 95 % 구간은 그 1.96배입니다",
        "標準誤差 1 つ分です。95 % 区間はその 1.96 倍です",
    ),
    "not_by_n": (
        "the variance was not divided by the number of questions",
        "분산을 문항 수로 나누지 않았습니다",
        "分散を問題数で割っていません",
    ),
    "length_counts": (
        "the cosine divides by both lengths, so the length of a vector does not count",
        "코사인은 두 길이로 나누므로 벡터의 길이는 영향을 주지 않습니다",
        "コサインは両方の長さで割るので、ベクトルの長さは影響しません",
    ),
}
