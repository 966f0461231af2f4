namespace Newsletter.Roles;

/// <summary>
/// The words of job titles, as a table. A row has a kind, a concept, its broader concept after <c>&lt;</c>, and the words; an indented
/// line continues the row before it. The kinds: <c>level</c> and <c>job</c> are heads of a title; <c>subject</c> is what a head is
/// about; <c>rank</c> and <c>plain</c> are understood and change nothing; <c>filler</c> joins; <c>stop</c> begins what is not part of
/// the title, such as an employer; <c>foreign</c> shows that the title is of another field, or not held, so that no role may be
/// claimed; what follows <c>past</c> is a former title; <c>short</c> is an abbreviation, and its concept is the whole word.
/// </summary>
internal static class JobWords
{
    public const string Table = """
        short management: mgmt, mgt
        short engineering: engg, engrg
        short marketing: mktg, mktng
        short assistant: asst
        short associate: assoc
        short operation: ops, op
        short service: svc, svcs
        short system: sys
        short communication: comms
        short coordinator: coord
        short business: biz
        short international: intl
        short project: proj
        short program: prog
        short executive: exec

        level chief: chief
        level vp: vp, svp, evp, avp, gvp, rvp, vice president, vicepresident, vice presidente, vicepresidente
        level director: director, head, directeur, directrice, direktor, directora, diretor, diretora, direttore, direttrice, leiter, abteilungsleiter,
            bereichsleiter, leitung, hoofd, directeurin, dir, dyrektor, direktør, direktor, avdelningschef
        level manager: manager, mgr, managerin, gerente, responsable, responsabile, responsavel, gestor, management lead, jefe, jefa, capo, kierownik,
            kierowniczka, leder
        level lead: lead, leader, team lead, teamlead, team leader, teamleiter, chef d equipe, lider, squad lead, chapter lead, group lead

        job officer: officer, beauftragter, beauftragte, beauftragt
        job engineer: engineer, engr, ingenieur, ingenieure, ingeniero, ingeniera, ingegnere, engenheiro, engenheira, inzynier, ingenior, ingeniør, ingenjor
        job developer < engineer: developer, programmer, coder, dev, entwickler, programmierer, developpeur, developpeuse, desarrollador, desarrolladora,
            programador, programadora, sviluppatore, sviluppatrice, programmatore, desenvolvedor, desenvolvedora, ontwikkelaar, programmeur, utvecklare,
            programmerare, utvikler, udvikler, analista programador, analista programadora, analista programmatore, analyste programmeur,
            ingeniero informatico, ingeniera informatica, ingegnere informatico, engenheiro informatico, engenheira informatica, programista, programistka,
            deweloper
        job scientist < researcher: scientist, physicist, mathematician, wissenschaftler, scientifique, cientifico, cientifica, cientista, scienziato,
            scienziata, wetenschapper, naukowiec, vetenskapsman
        job researcher < scientist: researcher, forscher, chercheur, chercheuse, investigador, investigadora, ricercatore, ricercatrice, pesquisador,
            pesquisadora, onderzoeker, badacz, badaczka, forskare, forsker
        job academic < researcher: wissenschaftlicher mitarbeiter, wissenschaftliche mitarbeiter
        job analyst: analyst, analytiker, analyste, analista, analist, analityk
        job architect: architect, architekt, architecte, arquitecto, arquitecta, architetto, arquiteto, arquiteta, arkitekt
        job designer: designer, designerin, gestalter, concepteur, disenador, disenadora, ontwerper, projektant, designerka, formgivare
        job artist < designer: artist
        job administrator: administrator, admin, administrateur, administrador, technician, techniker
        job consultant: consultant, berater, consultante, consultor, consultora, consulente, adviseur, advisor, adviser
        job specialist: specialist, expert, practitioner, professional, spezialist, specialiste, especialista, specialista, experte
        job coordinator < specialist: coordinator, koordinator, coordinateur, coordinatrice, coordinador, coordinadora, coordenador, coordenadora,
            coordinatore, assistant manager
        job strategist: strategist
        job tester: tester
        job writer: writer
        job owner: owner
        job advocate: advocate, evangelist
        job marketer: marketer, marketeer
        job editor: editor, redakteur, redacteur, redactrice
        job journalist: journalist, reporter, correspondent, journaliste, periodista, giornalista, jornalista, dziennikarz, dziennikarka, columnist, news writer
        job lawyer: lawyer, attorney, counsel, anwalt, rechtsanwalt, abogado, abogada, advogado, advogada, avocat, avocate, advocaat, solicitor, barrister
        job auditor: auditor
        job professor: professor, lecturer, dozent, hoogleraar, profesor universitario, profesora universitaria, professeur des universite,
            professeur d universite, professeur universitaire, professore universitario, professoressa universitaria
        job teacher: teacher, instructor, professeur, professeure, profesor, profesora, professore, professoressa, docente, maestro, maestra, insegnante,
            enseignant, enseignante, leraar
        job student: student, etudiant, etudiante, estudiante, studente, estudante, estudantes, undergrad, undergraduate, postgrad, postgraduate, studentka,
            studentessa, studerande
        job recruiter: recruiter
        job investor: investor
        job founder: founder, cofounder, co founder, grunder, mitgrunder, fondateur, fondatrice, cofondateur, fundador, fundadora, cofundador, fondatore,
            fondatrice, cofondatore, zalozyciel, założyciel, grundare, oprichter, indie hacker, indie maker, solopreneur, solo entrepreneur
        job accountant: accountant, buchhalter, comptable
        job representative: representative, rep
        job partner: partner

        subject engineering: engineering, software engineering, software development, development, softwareentwicklung, entwicklung, developpement,
            developpement logiciel, desarrollo, desarrollo de software, ingenieria, ingenierie, r & d, research & development, sviluppo, software entwicklung
        subject technology < engineering: technology, tech, technologie, tecnologia, technologia
        subject technical: technical, tecnico, tecnica
        subject software < engineering: software, oprogramowanie, oprogramowania, programvare, programvara, mjukvara, mjukvaru, sw, application, app, logiciel,
            software delivery, dotnet, net, java, python, cpp, csharp, c, scala, rust, kotlin, javascript, typescript, salesforce, sap, web3, blockchain,
            crypto, erp, crm, sharepoint, game, unity, unreal, oracle, api, perl, haskell, elixir, saas, low code, power platform, servicenow, php, ruby,
            ruby on rails, rails, golang, go, node, nodejs, spring, django, laravel, wordpress, drupal, shopify, microservice, distributed system, compiler,
            system software, aem, j2ee
        subject web < software: web
        subject backend < software: backend, back end, server side, server
        subject frontend < software: frontend, front end, react, reactjs, angular, vue, vuejs, nextjs, css, html, svelte
        subject fullstack < software: fullstack, full stack, full stack web, fullstack web, mern, mean stack, mern stack
        subject mobile < software: mobile, io, android, flutter, react native, swift, mobile app
        subject embedded < software: embedded, device driver, linux kernel, kernel, bootloader, rtos, bsp, firmware, embedded system, embedded software
        subject robotics < software: robotics, robotic, autonomous system, autonomous vehicle, autonomous driving
        subject hardware < engineering: hardware, asic, fpga, silicon, chip, vlsi, asic design, soc design, semiconductor, chip design, fpga design, rtl
        subject qa < software: qa, quality assurance, test, testing, test automation, qa automation, software test, software testing, software quality,
            qa test, software quality assurance, in test, manual qa, automation test
        subject infrastructure < engineering: infrastructure, infrastruktur, data center, datacenter, infra
        subject it < infrastructure: it, ti, information technology, informatique, informatica, informatik, it service, it operation, it infrastructure, edv,
            ict, it system, it support, helpdesk, service desk, sistema
        subject network < infrastructure: network, networking, netzwerk
        subject system < infrastructure: storage, virtualization, virtualisation, virtualisation & storage, system, linux, unix, window, vmware
        subject cloud < infrastructure: cloud, aws, azure, gcp, google cloud, amazon web service, cloud platform, cloud infrastructure, openstack
        subject devops < infrastructure: devop, dev op, devsecop, ci cd, gitop, release engineering, kubernete, docker, terraform
        subject sre < infrastructure: site reliability, reliability, site reliability engineering
        subject platform < infrastructure: platform, platform engineering, developer platform, internal developer platform, developer experience,
            developer productivity
        subject database < data: database, sql, sql server, postgresql, postgre, mysql, mongodb, datenbank
        subject security: security, cybersecurity, cyber security, cyber, information security, infosec, it security, network security, cloud security,
            sicherheit, it sicherheit, informationssicherheit, cybersicherheit, securite, seguridad, ciberseguridad, application security, appsec,
            product security, offensive security, security engineering, cyber defense, cyberdefense, cloud & infrastructure security, security operation
        subject soc < security: soc, security operation center, sec op, secop
        subject threat < security: threat, threat intelligence, cyber threat intelligence, cyber threat, malware, vulnerability, vulnerability management,
            incident response, detection & response
        subject penetration < security: penetration
        subject data: data, donnee, dato, dado, daten, gegeven, danych, dane, data management, data strategy, donnees
        subject bigdata < dataengineering: big data, spark, hadoop, databrick, snowflake, dbt, etl, elt, kafka, airflow, data warehouse, data warehousing,
            data lake, data pipeline, dwh, data integration
        subject dataengineering < data: data engineering, dataop, data op, data platform, data infrastructure
        subject datascience < data: data science, decision science, wissenschaft der daten, science des donnee, ciencia de dato, ciencia de dado,
            data science & analytics team
        subject analytics < data: analytics, analytic, data analytics, data analysis, product analytics, web analytics, people analytics, reporting, insight,
            analyse
        subject bi < analytics: bi, business intelligence, power bi, tableau, looker, qlik, powerbi
        subject datagovernance < data: data governance, data quality, master data, metadata
        subject ai: ai, a i, sztuczna inteligencja, sztucznej inteligencji, artificial intelligence, ki, ia, kunstliche intelligenz, intelligence artificielle,
            inteligencia artificial, intelligenza artificiale, ai/ml, ml/ai, ai & ml, kunstmatige intelligentie, ai & machine learning, machine learning & ai,
            ai/machine learning, artificial intelligence & machine learning, data & ai strategy, ai system, ai product development, ai transformation,
            ai strategy, ai adoption, ai solution, ai application, ai innovation, enterprise ai, cognitive computing, ai engineering, ai/ml engineering,
            ai & ml engineering, ai development
        subject genai < ai: genai, gen ai, generative ai, generative artificial intelligence, llm, large language model, agentic, ai agent, agent,
            conversational ai, chatbot, rag, agentic ai, foundation model, generative model, llm application, gpt, ki agent
        subject ml < ai: ml, machine learning, maschinelles lernen, apprentissage automatique, aprendizaje automatico, machine intelligence, ml engineering,
            machine learning engineering, ml system, applied ml
        subject dl < ml: deep learning, dl, neural network, computer vision, cv, vision, nlp, natural language processing, natural language,
            reinforcement learning, rl, speech, speech recognition, recommender system, perception, predictive modeling, information retrieval, pytorch,
            tensorflow, multimodal, computational linguistics, language model
        subject mlops < ml: mlop, ml op, llm op, llmop, aiop, machine learning operation, ml operation, ml infrastructure, machine learning infrastructure,
            ml platform, machine learning platform, ai platform, ai infrastructure, ml infra
        subject alignment < ai: alignment, interpretability, ai alignment, ai safety, llm alignment, mechanistic interpretability
        subject applied: applied
        subject prompt: prompt, context
        subject research: research, applied science, applied research, forschung, recherche, investigacion, forskning, badania, pesquisa, ricerca
        subject quantitative: quantitative, quant
        subject policy: policy, public policy
        subject governance: governance
        subject aigovernance: ai governance, responsible ai, ai ethic, ai policy, ethical ai, trustworthy ai, ai compliance, ai regulation, ai risk,
            ai & data governance, model governance, model risk
        subject product: product, produkt, produit, producto, produto, prodotto, produktu, produktowy, product management, produktmanagement, digital product
        subject design: design, design op, designop, product design, graphic design, brand design
        subject ux < design: ux, user experience, ui/ux, ux/ui, ui & ux, ux design, ui/ux design, ux/ui design, uxui, ux & ui, product & ux, experience design
        subject ui < ux: ui, user interface, ui design
        subject interaction < design: interaction, service design
        subject graphic < design: graphic, graphics, grafico, grafica, graphique, grafisch, 3d, 2d, visual, motion, motion graphic, grafik
        subject user < ux: user, ux research, user research
        subject marketing: marketing, marketing op, marketingu, b2b marketing, event marketing, field marketing, demand generation, demand gen,
            partner marketing, influencer marketing, marketing operation, marketing communication, marcom, lifecycle marketing, crm marketing,
            customer marketing, account based marketing, abm, brand marketing, corporate communication, communication, kommunikation, public relation, pr,
            brand, branding, comunicacion, marketing & communication
        subject productmarketing < marketing: product marketing, produktmarketing
        subject digitalmarketing < marketing: digital marketing, growth marketing, performance marketing, seo, sem, ppc, paid media, online marketing,
            email marketing, growth hacking, marketing automation, paid search, marketing digital, paid social
        subject contentmarketing < marketing: content marketing, social media, content strategy, social media marketing, community
        subject content < marketing: content
        subject growth < marketing: growth
        subject sales: sale, vertrieb, vente, venta, vendita, venda, verkauf, verkoop, commercial, sales development, enterprise sale, inside sale,
            channel sale, field sale, solution sale
        subject bizdev < sales: business development, partnership, strategic partnership, alliance, revenue, revenue operation, sales operation,
            sales enablement, biz dev, geschaftsentwicklung, go to market, gtm
        subject customersuccess < sales: customer success, customer experience, client success, customer support, client service, customer care,
            customer service
        subject account: account, key account, strategic account
        subject solutions: solution
        subject presales: presale, pre sale
        subject operations: operation, business operation, betrieb, operacione, strategy & operation, biz op, bizop, operational excellence, delivery,
            service delivery, business transformation, process improvement, process excellence, procurement, supply chain, logistics, ops, op
        subject strategy < operations: strategy, corporate strategy, strategie, business strategy, estrategia, digital strategy, strategic initiative,
            corporate development
        subject transformation < operations: transformation, digital transformation, innovation, digitalisierung, digitalization, digitalisation, digital,
            digitale transformation, transformation digitale, change management, innovation & technology
        subject project: project, projekt, projet, proyecto, progetto, projeto, projektu, projektow
        subject program: program, programme, program management, project management, pmo, portfolio management
        subject business: business
        subject people: people, hr, human resource, people operation, people & culture, personal, personalwesen, ressources humaine, recurso humano, people op,
            employee experience, compensation & benefit, risorse umane, human capital, people & talent, hrbp, organizational development
        subject talent < people: talent, talent acquisition, talent management, recruiting, recruitment, recruiting operation, talent development
        subject learning: learning, learning & development, l & d, instructional design, training, curriculum, elearning, e learning, learning experience,
            training & development
        subject finance: finance, financial, finanzen, finanza, finanza, controlling, fp & a, accounting, treasury, corporate finance, investment, equity,
            investment banking, portfolio, credit, tax
        subject legal: legal, recht, juridique, law, corporate, patent, ip, intellectual property, employment law, commercial law
        subject compliance < legal: compliance, regulatory, regulatory affair, risk & compliance, grc
        subject privacy < legal: privacy, data privacy, data protection, datenschutz
        subject cs: computer science, c s, cse, software system, informatics, statistics, mathematics, information system, information science, math,
            economics, physics, electrical engineering & computer science
        subject phd: phd, doctoral, doctorat, doctorado, dottorato, doutorado, doktorat
        subject documentation: documentation
        subject developerrelations: developer relation
        subject requirement: requirement
        subject information: information
        subject management: management, mgmt
        subject enterprise: enterprise
        subject venture: venture capital

        rank -: self employed, solo, vice, final year, first year, second year, third year, fourth year, last year, masters, master, senior, sr, snr, junior,
            jr, principal, staff, associate, deputy, distinguished, intern, internship, trainee, apprentice, entry level, mid level, mid, midlevel, ii, iii,
            iv, v, vi, i, 1, 2, 3, 4, 5, l1, l2, l3, l4, l5, l6, l7, ic4, ic5, ic6, group, global, regional, interim, fractional, acting, part time, full time,
            freelance, freelancer, independent, contract, contractor, certified, founding, executive, corporate, working, serial, experienced, leitender,
            leitende, stellvertretender, freiberuflicher, confirme, adjoint, stagiaire, senior level, pleno, assistant, national, international, worldwide,
            divisional, area, fellow, lead level, seasoned, award winning, chartered, interino, new grad, graduate, early career, semi senior, ssr, medior,
            visiting, managing, veteran, praktikant, postdoctoral, postdoc
        plain -: president, visualization, visualisation, data visualization, data visualisation, productivity, manual, search, payment, recommendation, ad,
            ads, b2b, b2c, fintech, healthcare, health tech, healthtech, consumer, emea, apac, dach, latam, us, usa, uk, eu, europe, north america, americas,
            america, germany, india, asia, remote, hybrid, onsite, team, teams, new, strategic, experimentation, personalization, personalisation, ecommerce,
            e commerce, agile, pmp, mba, msc, bsc, cissp, cfa, pe, safe, csm certified, core, foundation, internal tool, tool, tooling, customer, safety,
            insurance, banking, bank, automotive, energy, climate, biotech, edtech, telecom, public sector, government, startup, smb, mid market, midmarket,
            sme, trust & safety, integrity, identity, risk, fraud, trading, checkout, monetization, marketplace, department, university, college,
            school of engineering, high school, science, model, modeling, optimization, simulation, performance, service, integration, automation, process,
            quantum, quantum computing, bioinformatics, genomics, pricing, messaging, media, video, audio, gaming, streaming, travel, hospitality tech,
            real time, large scale, high performance, workflow, emerging technology, emerging, future of work, adtech, martech, proptech, legaltech, insurtech,
            defense, aerospace, industry, industrial iot, iot, north, south, east, west, central, northeast, m & a, ict sector, nonprofit, ngo, multilingual,
            bilingual, english, german, self employed consultant, day, night, early stage, seed stage, growth stage, series a, tier 1, tier 2, open source,
            oss, supply, demand, discovery, activation, onboarding, retention, engagement, professional service, wealth management, capital market, pharma,
            life science, computational, advanced, special project, computing, connected car, hypergrowth, scale up, scaleup, technologiesektor, modern,
            independent software vendor, isv, quality, operations research
        filler -: of, now, currently, the, de, del, della, di, do, da, du, des, la, le, les, el, von, der, die, das, van, for, in, fur, im, en, d, l, a, an,
            pour, para, per, on, within, across, our, your, bereich, leading, dell, degli, dei, voor
        stop -: at, bei, chez, bij, presso, to, with, who, helping, building, driving, leveraging, focused, focusing, specializing, specialising, specialized,
            working on, passionate
        past -: former, formerly, ex, previous, previously, past
        foreign screen: film, movie, cinema, music, sound, casting, court reporter, video editor, audio editor, photo editor, picture editor
        foreign -: personal trainer, nurse, nursing, doctor, physician, surgeon, surgery, clinical, medical, dental, dentist, pharmacist, pharmacy, veterinary,
            hospital, patient, care, therapist, therapy, chef, kitchen, cook, restaurant, hotel, food, bar, cafe, store, shop, retail store, warehouse, civil,
            structural, mechanical, electrical, chemical, hvac, flight, train, truck, driver, guard, police, fire, military, landscape, interior, fashion,
            hair, real estate, property, construction, building site, farm, funeral, theatre, theater, art gallery, dance, sport, athletic, fitness, yoga, gym,
            coach, choir, church, pastor, parish, camp, kindergarten, nursery, primary school, elementary school, school, estate, land, aspiring, future,
            retired, wife, husband, mother, father, not, wannabe, student of life, looking, seeking, unemployed, produce, inventor, waiter, minister,
            data entry, executive assistant, personal assistant, administrative, virtual assistant, machine operator, academic advisor, financial advisor,
            student advisor, guidance, travel agent, insurance agent, agent immobilier, stage, set, costume, lighting, game show, marine, naval, mining,
            petroleum, drilling, geotechnical, environmental, water, nuclear, transport, traffic, bus, taxi, laundry, cleaning, housekeeping, facility,
            maintenance, repair, plant, factory, manufacturing, assembly, packaging, textile, garden, gardening, spa, beauty, makeup, wedding, floral, jewelry,
            production, merchandise, merchandising, cash, cashier, teller, bookstore, library, museum, social work, social worker, child, youth, family,
            community health, public health, mental health, nutrition, diet, lab technician, laboratory, radio, radiology, x ray, optical, hearing,
            speech therapist, biomedical, biology, chemistry, wine, beer, coffee, bakery, meat, fish, dairy, sales assistant, shift, floor, front desk,
            desk clerk, branch, loan, mortgage, collection, claims, crime, forensic, prison, court, immigration, customs, border, army, navy, air force,
            combat, weapon, gas, oil, steel, wood, furniture, ceramic, glass, concrete, road, bridge, rail, ship, boat, crane, elevator, pool, ski, golf,
            tennis, football, soccer, swim, boxing, racing, horse, dog, cat, pet, zoo, animal
        """;
}
